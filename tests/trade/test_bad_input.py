"""Bad files: each gives a message that names the row or the reason; nothing is half done and no worker is lost."""

import gzip
import io
import zipfile
from datetime import date

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.trade import rows
from app.trade.detecting import BadFile
from app.trade.models import State
from tests.trade.delivering import HEADS, csv, declaration

GOOD = csv(HEADS, [declaration(number) for number in range(1, 4)])


def workbook(*lines, sheet=None) -> bytes:
    book = openpyxl.Workbook()
    active = book.active
    for line in lines:
        active.append(list(line))
    if sheet is not None:
        sheet(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet(**columns) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def reason_of(desk, content: bytes, dataset: str = "declarations") -> str:
    import_ = desk.read(content, dataset)
    assert (import_.state, import_.good) == (State.FAILED, 0)
    return import_.reason


# --- the file as a whole ---


def test_an_empty_file_is_refused_at_the_door(desk) -> None:
    with pytest.raises(BadFile) as caught:
        desk.receive(b"")
    assert caught.value.text() == "The file is empty."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"  \n\n", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "The file is not a table: it holds binary data."),
        (b"%PDF-1.7\n" + bytes(range(256)) * 9, "The file is not a table: it holds binary data."),
        (b"just a letter to the customs office", "No row with column names was found"),
        (gzip.compress(GOOD * 50)[:-40], "The file is cut off or damaged."),
        (workbook(HEADS, declaration(1))[:-300], "The file is cut off or damaged."),
        (parquet(a=["1", "2"])[:-12], "The file is cut off or damaged."),
        (csv(HEADS, []), "The file has column names but no rows."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 4000, "The spreadsheet is damaged, locked by a password"),
    ],
    ids=["blank", "picture", "pdf", "letter", "cut gzip", "cut xlsx", "cut parquet", "only heads", "broken xls"],
)
def test_a_file_that_is_no_table_fails_with_its_reason(desk, content, reason) -> None:
    assert reason_of(desk, content).startswith(reason)


def test_an_archive_of_something_else_is_told_so(desk) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert reason_of(desk, out.getvalue()).startswith("The file is an archive, not a table.")


def test_a_gzip_bomb_stops_at_the_size_allowed(desk) -> None:
    desk.settings["MAX_IMPORT_BYTES"] = 1_000_000
    assert reason_of(desk, gzip.compress(b"a;b\n" * 1_000_000)).startswith("The file unpacks to more than")


def test_a_parquet_file_with_damaged_pages_fails_with_its_reason(desk) -> None:
    whole = bytearray(
        parquet(**{head: [row[at] for row in map(declaration, range(2000))] for at, head in enumerate(HEADS)})
    )
    whole[2000:4000] = bytes(2000)
    assert reason_of(desk, bytes(whole)).startswith("The file is cut off or damaged.")


def test_an_open_quotation_mark_over_300_megabytes_does_not_stop_the_worker(desk) -> None:
    content = GOOD + b'\r\n308123000990;1;"' + b"x" * 300_000_000 + b"\r\n"
    import_ = desk.read(content)
    assert (import_.state, import_.good, import_.bad) == (State.READY, 3, 1)
    ((number, rule, field, _value),) = desk.wrong(import_)
    assert (number, rule, field) == (5, "E17", "UNQUOTED VALUE")


def test_a_cell_of_300_megabytes_in_a_parquet_file_does_not_stop_the_worker(desk) -> None:
    lines = [declaration(number) for number in range(3)]
    lines[1][4] = "x" * 300_000_000
    content = parquet(**{head: [line[at] for line in lines] for at, head in enumerate(HEADS)})
    assert reason_of(desk, content).startswith("The file holds a cell or a row too large to read.")


# --- writing systems ---


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1258"])
def test_vietnamese_in_any_usual_encoding_is_read(desk, encoding) -> None:
    heads = ("So TK", "Dong", "Ngay DK", "Cua khau", "Ma HS", "Tri gia NT", "Nguyen te", "Xuat xu")
    text = "\n".join(
        ";".join(cells)
        for cells in (heads, ["308123000010", "1", "16/10/2025", "Mộc Bài", "11081400", "100,5", "USD", "Việt Nam"])
    )
    if encoding == "windows-1258":  # which writes tones as marks of their own
        text = text.replace("ộ", "ô\u0323").replace("à", "a\u0300").replace("ệ", "ê\u0323")
    import_ = desk.read(text.encode(encoding))
    assert (import_.state, import_.good, import_.bad) == (State.READY, 1, 0)


def test_a_file_typed_in_an_old_vietnamese_font_is_read(desk) -> None:
    heads = "Sè TK;Dßng;Ngµy §K;Cöa khÈu;M· HS;TrÞ gi¸ NT;Nguyªn tÖ"
    row = "308123000010;1;16/10/2025;Méc Bµi;11081400;100,5;USD"
    import_ = desk.read(f"{heads}\n{row}\n".encode("latin-1"))
    assert (import_.state, import_.good) == (State.READY, 1)
    assert import_.found["font"] == "tcvn3"


# --- single rows ---


@pytest.mark.parametrize(
    ("changed", "rule", "field"),
    [
        ({"Cửa khẩu": "Cửa khẩu Lao Bảo"}, "E05", "gate"),
        ({"Ngày đăng ký": "16/10/2031"}, "E02", "date"),
        ({"Ngày đăng ký": "31/02/2025"}, "E02", "date"),
        ({"Trị giá nguyên tệ": "-5"}, "E08", "value"),
        ({"Trọng lượng tịnh (kg)": "-1"}, "E08", "net_kg"),
        ({"Trị giá nguyên tệ": "không rõ"}, "E07", "value"),
        ({"Trị giá nguyên tệ": ""}, "E07", "value"),
        ({"Trị giá nguyên tệ": "=cmd|' /C calc'!A0"}, "E07", "value"),
        ({"Trị giá nguyên tệ": "1E+05"}, "E07", "value"),
        ({"Trị giá nguyên tệ": "#REF!"}, "E07", "value"),
        ({"Số tờ khai": "3,08E+11"}, "E07", "declaration"),
        ({"Số tờ khai": "3.08123E+11"}, "E07", "declaration"),
        ({"Số tờ khai": "3.0812e+11"}, "E07", "declaration"),
        ({"Số tờ khai": "30812300"}, "E07", "declaration"),
        ({"Số dòng": "0"}, "E07", "line"),
        ({"Mã HS": "8013100"}, "E04", "hs"),
        ({"Mã HS": "99999999"}, "E03", "hs"),
        ({"Nguyên tệ": "Bitcoin"}, "E07", "currency"),
        ({"Hướng": "sang ngang"}, "E06", "direction"),
    ],
)
def test_a_bad_row_is_named_with_its_column_and_held(desk, changed, rule, field) -> None:
    import_ = desk.read(csv(HEADS, [declaration(1), declaration(2, **changed), declaration(3)]))
    assert (import_.state, import_.good, import_.bad) == (State.READY, 2, 1)
    (value,) = changed.values()
    assert (3, rule, field, value) in desk.wrong(import_)


def test_what_is_written_as_a_formula_is_kept_as_text_and_never_run(desk) -> None:
    evil = '=HYPERLINK("http://evil")'
    import_ = desk.read(csv(HEADS, [declaration(1), declaration(2, **{"Nước đối tác": evil.replace(";", "")})]))
    assert (import_.good, import_.warned, import_.rules) == (2, 1, {"E18": 1})


def test_both_lines_of_a_repeat_are_named(desk) -> None:
    import_ = desk.read(csv(HEADS, [declaration(1), declaration(2), declaration(1, **{"Trị giá nguyên tệ": "7,5"})]))
    (found,) = rows.bad_rows(import_, desk.settings["LAKE_URL"])[0]
    assert (found.number, found.rule, found.other) == (4, "E10", "2")
    assert found.reason.startswith("This row contradicts row 2")
    assert (import_.good, import_.bad) == (2, 1)


def test_a_row_repeated_to_the_letter_counts_once(desk) -> None:
    import_ = desk.publish(csv(HEADS, [declaration(1), declaration(2), declaration(1)]))
    (found,) = rows.bad_rows(import_, desk.settings["LAKE_URL"])[0]
    assert (found.number, found.other) == (4, "2")
    assert found.reason == "This row repeats row 2; only the first one counts."
    assert [str(row[3]) for row in desk.flows()] == ["2004.00"]


def test_an_unknown_word_gets_the_nearest_known_one(desk) -> None:
    import_ = desk.read(csv(HEADS, [declaration(1), declaration(2, **{"Cửa khẩu": "Mộc Bay"})]))
    (found,) = rows.bad_rows(import_, desk.settings["LAKE_URL"])[0]
    assert (found.suggestion, found.column, found.hint) == ("Mộc Bài", "Cửa khẩu", "Did you mean “Mộc Bài”?")


def test_numbers_of_both_styles_in_one_file_are_read_where_they_are_clear(desk) -> None:
    amounts = ["1.234,5", "1,234.5", "2.345,5", "2,345.5", "1.234", "12,5", "7.5"]
    import_ = desk.read(
        csv(HEADS, [declaration(at, **{"Trị giá nguyên tệ": amount}) for at, amount in enumerate(amounts, start=1)])
    )
    assert (import_.good, import_.rules) == (6, {"ambiguous": 1})
    assert desk.wrong(import_) == [(6, "ambiguous", "value", "1.234")]


def test_a_rare_slip_does_not_change_the_style_of_a_file(desk) -> None:
    lines = [declaration(at) for at in range(1, 30)] + [declaration(30, **{"Trị giá nguyên tệ": "1,234.5"})]
    import_ = desk.read(csv(HEADS, lines))
    assert (import_.good, import_.rules, import_.found["number_style"]) == (29, {"E07": 1}, "vi")


def test_a_row_of_totals_is_held_because_it_is_no_declaration(desk) -> None:
    total = ["Tổng cộng", "", "", "", "", "", "", "3003,5", "", ""]
    import_ = desk.read(csv(HEADS, [declaration(1), declaration(2), total]))
    assert (import_.good, import_.bad) == (2, 1)
    assert desk.wrong(import_)[0][:2] == (4, "E02")


def test_rows_that_cannot_be_cut_into_columns_are_named_and_the_others_keep_their_numbers(desk) -> None:
    lines = (
        csv(HEADS, [declaration(1), declaration(2, **{"Trị giá nguyên tệ": "-5"})]).decode("utf-8-sig").split("\r\n")
    )
    lines.insert(2, "only;three;cells")
    import_ = desk.read("\r\n".join(lines).encode())
    assert [(row[0], row[1]) for row in desk.wrong(import_)] == [(3, "E17"), (4, "E08")]


def test_title_rows_above_the_header_are_skipped_and_counted(desk) -> None:
    title = "CỤC HẢI QUAN;;;;;;;;;\r\nTỜ KHAI THÁNG 10;;;;;;;;;\r\n;;;;;;;;;\r\n"
    body = csv(HEADS, [declaration(1), declaration(2, **{"Trị giá nguyên tệ": "-5"})]).decode("utf-8-sig")
    import_ = desk.read((title + body).encode())
    assert (import_.found["header_row"], desk.wrong(import_)) == (4, [(6, "E08", "value", "-5")])


def test_a_wrong_column_full_of_different_texts_is_told(desk, monkeypatch) -> None:
    monkeypatch.setattr("app.trade.staging.MOST_LABELS", 20)
    import_ = desk.read(csv(HEADS, [declaration(at, **{"Cửa khẩu": f"gate {at}"}) for at in range(30)]))
    assert import_.state == State.FAILED
    assert import_.reason_facts == {"column": "Cửa khẩu", "most": 20}


# --- spreadsheets ---


def test_a_spreadsheet_with_typed_numbers_and_days_is_read_exactly(desk) -> None:
    line = declaration(1)
    line[2], line[7], line[9] = date(2025, 10, 16), 1234.5, 2000
    text = declaration(2, **{"Ngày đăng ký": "2025-10-17"})
    import_ = desk.publish(workbook(HEADS, line, text), name="tháng 10.xlsx")
    assert import_.found["format"] == "xlsx"
    assert [str(row[3]) for row in desk.flows()] == ["2237.00"]


def test_a_formula_without_a_stored_value_is_nothing_there(desk) -> None:
    line = declaration(1)
    line[7] = "=1+1"
    import_ = desk.read(workbook(HEADS, line, declaration(2)))
    assert (import_.good, desk.wrong(import_)[0][:3]) == (1, (2, "E07", "value"))


def test_a_hidden_sheet_is_not_read(desk) -> None:
    def hide(book) -> None:
        secret = book.create_sheet("secret", 0)
        secret.append(["do not", "read", "me"])
        secret.sheet_state = "hidden"

    import_ = desk.read(workbook(HEADS, declaration(1), sheet=hide))
    assert (import_.state, import_.good) == (State.READY, 1)
