"""The dashboards over the web: state in the address, numbers without script, downloads, ETags, honest labels."""

import csv
import io
import json
import re

import plotly.graph_objects as go
import pytest
from openpyxl import load_workbook

from dashboards.exports import inert

PAGE = "/en/trade/"


@pytest.fixture
def two_years(make):
    """2024 and 2025 at both gates, but Xa Mát lacks March 2025; crossings at Mộc Bài."""
    months = [f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)]
    there = [month for month in months if month != "2025-03"]
    customs, guard = make.source(code="customs", name="Hải quan Tây Ninh"), make.source(code="guard")
    make.flows_of((month, "8544", "1000000" if month < "2025" else "2000000") for month in months)
    make.flows_of(((month, "0801", "3000000") for month in months), direction="import")
    make.flows_of(
        ((month, "0714", "500000" if month < "2025" else "1000000") for month in there),
        gate="xa-mat", direction="import",
    )  # fmt: skip
    make.flows_of(((month, "1108", "250000") for month in there), gate="xa-mat", partner="CN")
    for month in ("2024-12", "2025-12"):
        make.crossing(month, 31 if month < "2025" else 62, source_id=guard.id)
    make.delivered(customs, "2024-01", "2025-12")
    make.flow("2025-12", "9000000", basis="transit", direction="transit")
    make.published("declarations", 1)


def plain(page) -> str:
    """The text of a page, spaces made one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)).replace("&amp;", "&")


def test_the_overview_has_headlines_figures_and_the_strip_without_script(client, two_years) -> None:
    page = client.get(PAGE)
    said = plain(page)
    assert page.status_code == 200
    assert "Exports 26.8 million USD +80.0% on a year before" in said
    assert "without Xa Mat Mar 2025" in said
    assert "The change compares 11 of 12 months: those whole in both years." in said
    assert "Transit, not part of turnover 9.0 million USD" in said
    names = re.findall(r'data-figure="/en/trade/figures/(\w+)\.json', page.text)
    assert names == ["volume", "volume", "directions", "goods", "partners", "crossings"]
    assert page.text.count('class="is-missing" title="Mar 2025: missing"') == 1
    assert "Mar 2025 – – – –" in said


def test_a_sum_leaves_no_trace_of_transit(client, two_years) -> None:
    said = plain(client.get(f"{PAGE}?from=2025-12&to=2025-12"))
    assert "Exports and imports 6.25 million USD" in said


def test_the_address_is_the_state(client, two_years) -> None:
    page = client.get(f"{PAGE}?gate=xa-mat&direction=import&hs=07&from=2025-01&to=2025-06&currency=VND")
    said = plain(page)
    assert "Gate Xa Mat" in said
    assert "Period Jan 2025 – Jun 2025" in said
    assert "Shown Value, VND" in said
    assert 'name="gate" value="xa-mat" checked' in page.text
    assert "panel=xa-mat" in page.text
    assert "panel=moc-bai" not in page.text
    assert "0714 Manioc" in said
    assert "Imports 130.0 billion VND" in said


def test_a_chapter_leads_to_its_headings(client, two_years) -> None:
    page = client.get(PAGE)
    assert 'href="/en/trade/?hs=85"' in page.text
    assert "8544 Insulated wire" in plain(client.get(f"{PAGE}?hs=85"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("hs=071", "Write a chapter of 2 digits (07) or a heading of 4 digits (0714)."),
        ("gate=nowhere", "There is no border gate “nowhere”."),
        ("from=2025-05&to=2025-01", "The first month is after the last."),
        ("from=May", "Write the month as 2025-01."),
        ("hs=0714&partner=KH", "Headings are not published by partner."),
        ("measure=profit", "Choose one of: value, weight, lines."),
        ("colour=red", "There is no such field."),
    ],
)
def test_a_wrong_filter_is_named_and_everything_is_shown_instead(client, two_years, query, said) -> None:
    page = client.get(f"{PAGE}?{query}")
    assert page.status_code == 422
    assert said in plain(page)
    assert "Exports 26.8 million USD" in plain(page)


def test_before_anything_is_published_the_page_says_what_to_do(client, make, sign_in) -> None:
    assert "No figures are published yet" in client.get(PAGE).text
    assert "/en/trade/imports" not in client.get(PAGE).text
    sign_in(client, make.person("economist"))
    assert 'href="/en/trade/imports"' in client.get(PAGE).text


def test_transit_and_province_have_pages_of_their_own(client, two_years, make) -> None:
    source = make.source(name="Sở Công Thương")
    make.flow("2025-12", "1500000000", dataset="summaries", basis="province", gate="province", source_id=source.id)
    transit = plain(client.get("/en/trade/transit"))
    assert "never added to turnover" in transit
    assert "Dec 2025 9.0" in transit
    province = plain(client.get("/en/trade/province"))
    assert "never added to it" in province
    assert "Dec 2025 1.50" in province


def test_figures_are_valid_plotly_and_unchanged_ones_are_304(client, two_years, make) -> None:
    url = "/vi/trade/figures/volume.json?panel=xa-mat"
    answer = client.get(url)
    figure = go.Figure(json.loads(answer.text))
    (imports,) = [trace for trace in figure.data if trace.line.dash == "dot"]
    assert [trace.line.color for trace in figure.data] == ["var(--laterite)"] * 2
    assert imports.y[14] is None
    assert imports.y[15] == 1.0
    again = client.get(url, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    make.published("declarations", 2)
    assert client.get(url, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize("name", ["volume", "directions", "goods", "partners", "crossings", "transit"])
def test_every_figure_comes_as_json_csv_and_xlsx(client, two_years, name) -> None:
    for kind, mimetype in (("json", "application/json"), ("csv", "text/csv")):
        answer = client.get(f"/km/trade/figures/{name}.{kind}")
        assert (answer.status_code, answer.mimetype) == (200, mimetype)
    book = load_workbook(io.BytesIO(client.get(f"/km/trade/figures/{name}.xlsx").data))
    assert book.active.max_row > 8


def test_an_unknown_figure_or_panel_is_404(client, two_years) -> None:
    assert client.get("/en/trade/figures/nothing.json").status_code == 404
    assert client.get("/en/trade/figures/volume.json?panel=nowhere").status_code == 404
    assert client.get("/en/trade/figures/volume.pdf").status_code == 404
    assert client.get("/en/trade/figures/volume.json?hs=1").status_code == 422


def test_csv_opens_in_vietnamese_excel(client, two_years) -> None:
    answer = client.get("/vi/trade/figures/goods.csv?from=2025-01&to=2025-12")
    assert answer.data.startswith("\ufeff".encode())
    assert "filename=goods-2025-01-2025-12.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    start = next(place for place, row in enumerate(rows) if row and row[0] == "08")
    first, second = rows[start], rows[start + 1]
    assert first[:4] == ["08", "Quả và quả hạch ăn được…", "36000000,00", "48,8"]
    assert second[0] == "85"
    told = [row[1] for row in rows[: start - 2]]
    assert "Mộc Bài, Xa Mát" in told
    assert any("Xa Mát 03/2025" in said for said in told)


def test_english_csv_has_commas_and_points(client, two_years) -> None:
    text = client.get("/en/trade/figures/goods.csv?from=2025-01&to=2025-12").text
    assert ",36000000.00,48.8," in text


def test_xlsx_keeps_numbers_as_numbers_and_codes_as_text(client, two_years) -> None:
    sheet = load_workbook(io.BytesIO(client.get("/vi/trade/figures/goods.xlsx").data)).active
    rows = list(sheet.iter_rows())
    code, name, value = next(row for row in rows if row[0].value == "08")[:3]
    assert (code.value, code.data_type, code.number_format) == ("08", "s", "@")
    assert name.value == "Quả và quả hạch ăn được…"
    assert (value.value, value.data_type, value.number_format) == (36_000_000, "n", "#,##0.00")
    assert {cell.data_type for row in rows for cell in row if cell.value is not None} == {"s", "n"}


def test_text_that_looks_like_a_formula_stays_text() -> None:
    assert [inert(text) for text in ("=1+1", "+84", "@x", "-5", "Mộc Bài")] == [
        "'=1+1",
        "'+84",
        "'@x",
        "'-5",
        "Mộc Bài",
    ]


def test_invented_figures_are_labelled_on_page_json_csv_and_xlsx(client, make) -> None:
    make.delivered(make.source(demo=True), "2025-01")
    make.flows("2025-01", "8544", "5000000", demo=True)
    for page in (PAGE, "/en/trade/transit", "/en/trade/provenance"):
        assert "These figures are invented and stand for nothing real." in client.get(page).text
    page = client.get(PAGE).text
    assert page.count("data-png-text>Demonstration data (invented)") == page.count("<figure") == 4
    meta = json.loads(client.get("/en/trade/figures/volume.json").text)["layout"]["meta"]
    assert meta["demonstration"] == "Demonstration data: invented"
    answer = client.get("/en/trade/figures/volume.csv")
    assert answer.text.splitlines()[0].startswith("\ufeffDemonstration data,")
    assert "filename=du-lieu-mau-volume-moc-bai" in answer.headers["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(client.get("/en/trade/figures/volume.xlsx").data)).active
    assert sheet["A1"].value == "Demonstration data"


def test_real_figures_are_not_called_invented(client, two_years) -> None:
    assert "invented" not in client.get(PAGE).text.split("<main")[1]


def test_sources_say_who_delivered_and_what_was_left_out(client, two_years, make, sign_in) -> None:
    make.delivered(make.source(code="late", name="Chi cục"), "2025-11", bad=7)
    make.flow("2025-11", "1", basis="excluded", lines=12)
    page = client.get("/en/trade/provenance")
    said = plain(page)
    assert "Hải quan Tây Ninh Jan 2024 – Dec 2025 1 20" in said
    assert "7 rows were held back" in said
    assert "12 lines are kept but left out of trade" in said
    assert ".csv" not in page.text
    sign_in(client, make.person("economist"))
    assert "file-" in client.get("/en/trade/provenance").text


def test_foreign_ports_are_shown_only_where_there_is_nothing_else(client, make, session) -> None:
    make.port("us-0104", "Calais")
    make.crossing("2025-01", 50, gate="us-0104")
    assert "Calais" in client.get(PAGE).text
    make.flow("2025-01", "1000000")
    assert "panel=us-0104" not in client.get(PAGE).text


def test_without_declarations_the_summaries_of_the_newest_source_are_shown(client, make) -> None:
    old, new = make.source(name="Old"), make.source(name="New")
    make.flow("2025-01", "5000000", dataset="summaries", source_id=old.id)
    make.flow("2025-02", "7000000", dataset="summaries", source_id=new.id)
    make.flow("2026-03", "9000000", dataset="summaries", source_id=new.id, basis="province", gate="province")
    said = plain(client.get(PAGE))
    assert "Exports 7.0 million USD" in said
    assert "Period Feb 2025" in said
    assert "Monthly summaries" in said
    assert "Period Mar 2026" in plain(client.get("/en/trade/province"))


def test_with_crossings_alone_only_crossings_are_shown(client, make) -> None:
    make.crossing("2025-01", 3100)
    page = client.get(PAGE)
    assert re.findall(r'data-figure="/en/trade/figures/(\w+)\.json', page.text) == ["crossings"]
    assert "All vehicles 100 vehicles a day" in plain(page)
    assert client.get("/en/trade/figures/goods.json").status_code == 404
