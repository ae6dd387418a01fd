"""Bad rows go out, come back corrected, and nothing is counted twice."""

import csv as csv_module
import io

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.db import reading
from app.trade import mending, tasks, workbooks
from app.trade.models import CrossingRollup, FlowRollup, State
from app.trade.rows import BadRow
from tests.trade.delivering import CROSSING_HEADS, HEADS, crossing, csv, declaration, delivered, post, state

MIXED = csv(
    HEADS,
    [
        declaration(1),
        declaration(2, **{"Cửa khẩu": "Mộc Bày"}),
        declaration(3, **{"Mã HS": "8013100", "Trị giá nguyên tệ": "abc"}),
        declaration(4, **{"Trị giá nguyên tệ": '=HYPERLINK("http://x")'}),
        declaration(5),
    ],
)


@pytest.fixture
def economist(client, make, sign_in):
    return sign_in(client, make.person("economist"))


@pytest.fixture
def settings(web_app):
    return web_app.config


def workbook(client, import_id: int) -> openpyxl.Workbook:
    answer = client.get(f"/en/trade/imports/{import_id}/mending.xlsx")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def send_back(client, settings, import_id: int, content: bytes, name: str = "sửa.xlsx") -> int:
    found = state(import_id)
    answer = post(
        client, "/vi/trade/imports", content, name=name, dataset=found.dataset, mends=str(import_id),
        source="chi-cuc-hai-quan-moc-bai",
    )  # fmt: skip
    assert answer.status_code == 303, answer.get_data(as_text=True)
    mended = int(answer.location.rpartition("/")[2])
    tasks.read(settings, mended)
    return mended


def publish(client, settings, import_id: int) -> None:
    client.post(f"/vi/trade/imports/{import_id}/accept")
    assert tasks.work_on(settings, import_id).state == State.PUBLISHED


# --- what goes out ---


def test_the_spreadsheet_holds_each_bad_row_once_with_what_is_wrong_beside_it(economist, settings) -> None:
    sheet = workbook(economist, delivered(economist, settings, MIXED)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("! Row", "! What is wrong", "! What to do", *HEADS)
    assert [row[0] for row in rows[1:]] == ["3", "4", "5"]
    assert rows[2][1] == (
        "The HS code has 7 digits; a 0 at its beginning was probably lost.\n"
        "There is no number here, or it cannot be read."
    )
    assert rows[2][3:] == tuple(declaration(3, **{"Mã HS": "8013100", "Trị giá nguyên tệ": "abc"}))


def test_wrong_cells_are_coloured_and_carry_a_note(economist, settings) -> None:
    sheet = workbook(economist, delivered(economist, settings, MIXED)).active
    gate = sheet.cell(2, 4 + HEADS.index("Cửa khẩu"))
    assert gate.value == "Mộc Bày" and gate.fill.fgColor.rgb == "00F8D7DA"
    assert "Did you mean “Mộc Bài”?" in gate.comment.text
    fine = sheet.cell(2, 4 + HEADS.index("Mã HS"))
    assert fine.comment is None and fine.fill.fgColor.rgb == "00000000"


def test_every_cell_is_text_and_none_is_a_formula(economist, settings) -> None:
    sheet = workbook(economist, delivered(economist, settings, MIXED)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    formula = sheet.cell(4, 4 + HEADS.index("Trị giá nguyên tệ"))
    assert formula.value == '=HYPERLINK("http://x")' and formula.quotePrefix


def test_names_of_downloads_keep_their_diacritics(economist, settings) -> None:
    import_id = delivered(economist, settings, MIXED, name="Tờ khai tháng 10.csv")
    for path, plain in (("mending.xlsx", "to mend.xlsx"), ("errors.csv", "errors.csv")):
        header = economist.get(f"/en/trade/imports/{import_id}/{path}").headers["Content-Disposition"]
        assert "filename*=UTF-8''T%E1%BB%9D%20khai%20th%C3%A1ng%2010" in header
        assert plain.replace(" ", "%20") in header
        assert header.isascii()


def test_the_list_of_findings_opens_in_a_vietnamese_spreadsheet(economist, settings) -> None:
    import_id = delivered(economist, settings, MIXED)
    text = economist.get(f"/vi/trade/imports/{import_id}/errors.csv").get_data(as_text=True)
    assert text.startswith("\ufeff")
    rows = list(csv_module.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == ["3", "4", "4", "5"]
    assert rows[4][4] == '\'=HYPERLINK("http://x")'


# --- what comes back ---


def test_corrected_rows_come_back_good_and_nothing_is_counted_twice(economist, settings) -> None:
    first = delivered(economist, settings, MIXED)
    publish(economist, settings, first)
    book = workbook(economist, first)
    sheet = book.active
    place = {name: 4 + HEADS.index(name) for name in HEADS}
    sheet.cell(2, place["Cửa khẩu"]).value = "Mộc Bài"
    sheet.cell(3, place["Mã HS"]).value = "08013100"
    sheet.cell(3, place["Trị giá nguyên tệ"]).value = "1003,5"
    sheet.cell(4, place["Trị giá nguyên tệ"]).value = "1004,5"
    second = send_back(economist, settings, first, saved(book))
    found = state(second)
    assert (found.state, found.good, found.bad, found.mends_id) == (State.READY, 3, 0, first)
    publish(economist, settings, second)
    with reading() as session:
        rollup = session.scalars(select(FlowRollup).where(FlowRollup.grain == "all")).one()
        assert (rollup.lines, str(rollup.value_usd)) == (5, "5017.50")  # 1001.5 + 1002.5 + … + 1005.5
    assert "Mends" in economist.get(f"/en/trade/imports/{second}").get_data(as_text=True)


def test_a_row_sent_back_although_it_was_good_already_replaces_itself(economist, settings) -> None:
    first = delivered(economist, settings, MIXED)
    publish(economist, settings, first)
    book = workbook(economist, first)
    book.active.append(["", "", "", *declaration(1)])
    second = send_back(economist, settings, first, saved(book))
    assert state(second).good == 1
    publish(economist, settings, second)
    with reading() as session:
        rollup = session.scalars(select(FlowRollup).where(FlowRollup.grain == "all")).one()
        assert (rollup.lines, str(rollup.value_usd)) == (2, "2007.00")


def test_rows_sent_back_as_they_were_are_bad_for_the_same_reasons(economist, settings) -> None:
    first = delivered(economist, settings, MIXED)
    second = send_back(economist, settings, first, saved(workbook(economist, first)))
    assert (state(second).good, state(second).bad, state(second).rules) == (0, 3, state(first).rules)


def test_a_few_rows_are_read_in_the_style_of_the_file_they_come_from(economist, settings) -> None:
    """“1.234” alone could be 1234 or 1.234 and 05/06 could be May or June; the whole file told which."""
    rows = [
        declaration(1, **{"Trị giá nguyên tệ": "12.345.678,5"}),
        declaration(2, **{"Trị giá nguyên tệ": "1.234", "Ngày đăng ký": "05/06/2025", "Cửa khẩu": "Mộc Bày"}),
    ]
    first = delivered(economist, settings, csv(HEADS, rows))
    book = workbook(economist, first)
    book.active.cell(2, 4 + HEADS.index("Cửa khẩu")).value = "Mộc Bài"
    second = send_back(economist, settings, first, saved(book))
    assert (state(second).state, state(second).good, state(second).bad) == (State.READY, 1, 0)
    publish(economist, settings, second)
    with reading() as session:
        rollup = session.scalars(select(FlowRollup).where(FlowRollup.grain == "all")).one()
        assert (rollup.month.isoformat(), str(rollup.value_usd)) == ("2025-06-01", "1234.00")


def test_columns_a_person_matched_are_kept_for_the_mended_file(economist, settings) -> None:
    content = "Where;When;What;How many\nMộc Bài;16/06/2025;Xe tải;412\nXa Mát;17/06/2025;Xe tải;x\n".encode()
    first = delivered(economist, settings, content, "crossings")
    columns = {"field:gate": "Where", "field:period": "When", "field:measure": "What", "field:count": "How many"}
    economist.post(f"/vi/trade/imports/{first}/mapping", data=columns)
    tasks.read(settings, first)
    publish(economist, settings, first)
    book = workbook(economist, first)
    book.active.cell(2, 7).value = "7"
    second = send_back(economist, settings, first, saved(book))
    publish(economist, settings, second)
    with reading() as session:
        assert session.scalar(select(func.sum(CrossingRollup.count))) == 419


def test_counts_sent_back_are_added_once(economist, settings) -> None:
    rows = [crossing("16/10/2025", "400"), crossing("17/10/2025", "x"), crossing("18/10/2025", "20", gate="Mộc Bày")]
    first = delivered(economist, settings, csv(CROSSING_HEADS, rows), "crossings")
    publish(economist, settings, first)
    book = workbook(economist, first)
    book.active.cell(2, 8).value = "3"
    book.active.cell(3, 4).value = "Mộc Bài"
    second = send_back(economist, settings, first, saved(book))
    publish(economist, settings, second)
    with reading() as session:
        assert session.scalars(select(CrossingRollup.count)).all() == [423]


# --- the pure parts ---


@given(st.text())
@example("\t")
def test_no_csv_cell_is_taken_for_a_formula(text) -> None:
    cell = mending.harmless(text)
    assert cell in (text, "'" + text)
    assert not cell.startswith(("=", "@", "\t", "\r"))
    if cell.startswith(("+", "-")):
        assert not any(letter.isalpha() or letter in "()|!\"'" for letter in cell)


@pytest.mark.parametrize("number", ["-5", "+3,5", "-1.234,50", "-12,5%"])
def test_negative_numbers_stay_numbers(number) -> None:
    assert mending.harmless(number) == number


def test_a_spreadsheet_is_cut_at_its_limit(web_app, monkeypatch) -> None:
    monkeypatch.setattr(mending, "MENDING_ROWS", 3)
    rows = (BadRow(number, "error", "E05", "gate", "Gate", "x", cells=("x",)) for number in range(2, 100))
    with web_app.test_request_context("/en/"):
        book = openpyxl.load_workbook(io.BytesIO(mending.workbook_of(rows, ["Gate"])))
    assert book.active.max_row == 4


def test_warnings_are_not_to_be_mended(web_app) -> None:
    rows = [BadRow(2, "warning", "E18", "partner", "Nước", "x", cells=("x",))]
    with web_app.test_request_context("/en/"):
        book = openpyxl.load_workbook(io.BytesIO(mending.workbook_of(rows, ["Nước"])))
    assert book.active.max_row == 1


def test_characters_no_spreadsheet_may_hold_are_left_out(web_app) -> None:
    with web_app.test_request_context("/en/"):
        book = openpyxl.load_workbook(io.BytesIO(workbooks.mending(["A"], [(2, ["a\x00\x08b" + "c" * 40_000], [])])))
    assert book.active.cell(2, 4).value.startswith("abc") and len(book.active.cell(2, 4).value) <= 32_000
