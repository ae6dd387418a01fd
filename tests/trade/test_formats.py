"""The dictionary, the templates people fill in, and the words of every rule."""

import csv as csv_module
import io
import re
from datetime import date

import openpyxl
import pytest

from app.trade import aliases, facts, formats, reasons, tasks
from app.trade.detecting import Found
from app.trade.fields import FIELDS
from app.trade.formats import FORMATS
from app.trade.labels import Reader
from app.trade.mapping import Mapping
from app.trade.models import Dataset, State
from app.trade.plan import Plan
from app.trade.profiles import Profile
from app.trade.reading import Table
from app.trade.validating import rules
from tests.trade.delivering import post, state

ALL = [dataset.value for dataset in Dataset]


@pytest.fixture
def economist(client, make, sign_in):
    return sign_in(client, make.person("economist"))


@pytest.mark.parametrize("dataset", ALL)
def test_the_template_has_a_column_for_every_field_and_each_is_recognised(dataset) -> None:
    columns = FORMATS[dataset].columns
    assert [column.name for column in columns] == [field.name for field in FIELDS[dataset]]
    heads = {column.header: column.name for column in columns}
    bare = {re.sub(r"\(.*\)", "", header).strip(): header for header in heads}
    table = aliases.HEADERS[dataset]
    assert {
        header: table.get(aliases.key(header)) or table.get(aliases.key(short)) for short, header in bare.items()
    } == heads


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("dataset", ALL)
def test_the_filled_example_is_good_in_every_row(economist, web_app, dataset, suffix) -> None:
    content = economist.get(f"/vi/trade/formats/{dataset}-example.{suffix}").data
    answer = post(economist, "/vi/trade/imports", content, name=f"ví dụ.{suffix}", dataset=dataset, new_source="Thử")
    import_id = int(answer.location.rpartition("/")[2])
    tasks.read(web_app.config, import_id)
    found = state(import_id)
    assert (found.state, found.good, found.bad, found.warned, found.rules) == (State.READY, 3, 0, 0, {})


@pytest.mark.parametrize("dataset", ALL)
def test_templates_are_downloaded_under_vietnamese_names(client, dataset) -> None:
    book = client.get(f"/vi/trade/formats/{dataset}-template.xlsx")
    assert "filename*=UTF-8''M%E1%BA%ABu" in book.headers["Content-Disposition"]
    sheets = openpyxl.load_workbook(io.BytesIO(book.data)).worksheets
    assert len(sheets) == 2
    assert [cell.value for cell in sheets[0][1]] == [column.header for column in FORMATS[dataset].columns]
    assert sheets[0].max_row == 1
    assert sheets[0].column_dimensions["A"].number_format == "@"
    plain = client.get(f"/vi/trade/formats/{dataset}-template.csv")
    assert "filename*=UTF-8''M%E1%BA%ABu" in plain.headers["Content-Disposition"]
    rows = list(csv_module.reader(io.StringIO(plain.get_data(as_text=True).removeprefix("\ufeff")), delimiter=";"))
    assert rows == [[column.header for column in FORMATS[dataset].columns]]


def test_there_is_no_template_of_an_unknown_data_set(client) -> None:
    assert client.get("/vi/trade/formats/parcels-template.csv").status_code == 404
    assert client.get("/vi/trade/formats/crossings-template.pdf").status_code == 404


@pytest.mark.parametrize("lang", ["vi", "km", "en"])
def test_the_dictionary_is_open_to_everyone_and_names_all_fields_words_and_rules(client, lang) -> None:
    page = client.get(f"/{lang}/trade/formats").get_data(as_text=True)
    for dataset in ALL:
        assert f'id="{dataset}"' in page
        for column in FORMATS[dataset].columns:
            assert f"<b>{column.header}</b>" in page
    for rule in reasons.RULES:
        assert f">{rule.chip}</span>" in page or lang != "en"
    assert "Xe container có hàng" in page


def test_other_names_of_a_column_are_those_the_reader_knows() -> None:
    gate = next(column for column in FORMATS[Dataset.DECLARATIONS].columns if column.name == "gate")
    others = formats.other_headers(Dataset.DECLARATIONS, gate)
    assert "Địa điểm dỡ hàng" in others and gate.header not in others
    assert {aliases.HEADERS[Dataset.DECLARATIONS][aliases.key(name)] for name in others} == {"gate"}


# --- the words of the rules ---


def plan_of(dataset: str) -> Plan:
    fields = FIELDS[dataset]
    found = Found("csv", headers=[field.name for field in fields])
    mapping = Mapping({field.name: field.name for field in fields}, number_style=None)
    return Plan(dataset, Table("x.csv", found), mapping, Profile(dataset=dataset), date(2026, 11, 24))


@pytest.mark.parametrize("dataset", ALL)
def test_every_rule_that_can_hold_a_row_says_why_and_what_to_do(web_app, dataset) -> None:
    with web_app.test_request_context("/en/"):
        for rule in rules(plan_of(dataset)):
            reason, hint = reasons.explain(rule.code, rule.field, "7", "8")
            assert reason != rule.code, rule
            assert reason.endswith(".") and len(hint) > 10, rule
            assert "%(" not in reason + hint


def test_reasons_name_the_values_of_the_row(web_app) -> None:
    with web_app.test_request_context("/en/"):
        assert reasons.explain("E10", "", "", "17")[0] == "This row repeats row 17; only the first one counts."
        assert "313.07" in reasons.explain("E15", "", "313.07", "116.90")[0]
        assert reasons.explain("E04", "hs", "8013100")[1].endswith("08013100")
        assert reasons.explain("E05", "gate", "Mộc Bày", "", "Mộc Bài")[1] == "Did you mean “Mộc Bài”?"


def test_values_with_percent_signs_do_no_harm(web_app) -> None:
    with web_app.test_request_context("/en/"):
        assert "100%s" in reasons.explain("E15", "", "100%s", "%(value)s")[0]


def test_a_word_written_almost_right_is_guessed_and_a_strange_one_is_not(session) -> None:
    reader = Reader(Dataset.DECLARATIONS, Profile(), facts.load(session, date(2026, 11, 24)))
    assert reader.suggestion("gate", "Mộc Bày") == "Mộc Bài"
    assert reader.suggestion("partner", "Căm-pu-chi") == "Cam Pu Chia"
    assert reader.suggestion("partner", "Xứ lạ") == ""
