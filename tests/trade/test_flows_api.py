"""GET /api/v1/trade/flows: exact rows, what is refused and why, ETags, CSV, and who may see counts of firms."""

import json
from decimal import Decimal

import pytest

URL = "/api/v1/trade/flows"


@pytest.fixture
def ask(client):
    """Ask as a visitor; the answer must be 200."""

    def get(**query):
        names = {"from_": "from"}
        answer = client.get(URL, query_string={names.get(name, name): value for name, value in query.items()})
        assert answer.status_code == 200, answer.text
        return answer.json

    return get


@pytest.fixture
def two_gates(make):
    """January to March 2025 at both gates, but nothing from Xa Mát in February."""
    source = make.source(code="customs", name="Hải quan")
    make.delivered(source, "2025-01", "2025-02", "2025-03", bad=3)
    make.delivered(source, "2025-01", "2025-03", gate="xa-mat")
    for month, value in (("2025-01", "10.25"), ("2025-02", "20"), ("2025-03", "30")):
        make.flows(month, "4001", value)
    make.flows("2025-01", "0714", "5", gate="xa-mat", direction="import")
    make.flows("2025-03", "0714", "7", gate="xa-mat", direction="import", partner="TH")
    make.flow("2025-01", "1000", basis="transit")
    make.flow("2025-01", "500", basis="excluded", lines=12)
    make.published("declarations", 7)


def test_rows_by_month_and_gate_as_the_issue_asks_them(ask, two_gates) -> None:
    answer = ask(
        dataset="declarations", measure="value_usd", by="month,gate", gate="", direction="", hs="", partner="",
        from_="2025-01", to="2025-12",
    )  # fmt: skip
    assert answer["rows"] == [
        {"month": "2025-01", "gate": "moc-bai", "value_usd": 10.25, "complete": True},
        {"month": "2025-01", "gate": "xa-mat", "value_usd": 5, "complete": True},
        {"month": "2025-02", "gate": "moc-bai", "value_usd": 20, "complete": True},
        {"month": "2025-03", "gate": "moc-bai", "value_usd": 30, "complete": True},
        {"month": "2025-03", "gate": "xa-mat", "value_usd": 7, "complete": True},
    ]
    assert answer["period"] == {"from": "2025-01", "to": "2025-12"}
    assert answer["sources"][0] | {"accepted_at": ""} == {
        "code": "customs", "name": "Hải quan", "demonstration": False, "imports": 2, "rows": 50,
        "first_month": "2025-01", "last_month": "2025-03", "accepted_at": "",
    }  # fmt: skip
    assert (answer["held_rows"], answer["excluded_lines"], answer["demonstration"]) == (3, 12, False)
    assert answer["as_of"].endswith("+00:00")


def test_what_is_missing_is_named_and_a_sum_over_it_is_not_complete(ask, two_gates) -> None:
    answer = ask(by="quarter")
    assert answer["rows"] == [{"quarter": "2025-Q1", "value_usd": 72.25, "complete": False}]
    assert (answer["complete"], answer["missing"]) == (False, [{"gate": "xa-mat", "month": "2025-02"}])
    assert answer["missing_total"] == 1
    assert ask(by="quarter", gate="moc-bai")["rows"][0]["complete"] is True


def test_a_quarter_cut_by_the_period_is_not_complete(ask, two_gates) -> None:
    cut = ask(by="quarter", gate="moc-bai", from_="2025-02", to="2025-03")
    assert cut["rows"] == [{"quarter": "2025-Q1", "value_usd": 50, "complete": False}]
    assert cut["complete"] is True


def test_a_year_is_complete_only_with_all_its_months(ask, two_gates) -> None:
    assert ask(by="year", gate="moc-bai")["rows"] == [{"year": "2025", "value_usd": 60.25, "complete": False}]


def test_filters_may_be_repeated_or_written_with_commas(client, two_gates) -> None:
    one = client.get(f"{URL}?by=gate&gate=moc-bai&gate=xa-mat&hs=0714,4001").json["rows"]
    other = client.get(f"{URL}?by=gate&gate=moc-bai,xa-mat&hs=0714&hs=4001").json["rows"]
    assert one == other
    assert [row["value_usd"] for row in one] == [60.25, 12]


def test_goods_and_partners_as_far_as_they_are_published(ask, two_gates) -> None:
    assert ask(by="hs2")["rows"] == [
        {"hs2": "07", "value_usd": 12, "complete": False},
        {"hs2": "40", "value_usd": 60.25, "complete": False},
    ]
    chapters = ask(by="hs2,partner", hs="07")["rows"]
    assert [(row["hs2"], row["partner"], row["value_usd"]) for row in chapters] == [("07", "KH", 5), ("07", "TH", 7)]
    assert [(row["hs4"], row["hs2"]) for row in ask(by="hs4,hs2")["rows"]] == [("0714", "07"), ("4001", "40")]


def test_weight_says_how_many_lines_have_none(ask, make) -> None:
    make.flow("2025-01", net_kg=Decimal("1500.5"), weighed=8)
    make.flow("2025-02", net_kg=None, weighed=0)
    assert ask(by="month", measure="net_kg")["rows"] == [
        {"month": "2025-01", "net_kg": 1500.5, "lines_without_weight": 2, "complete": False},
        {"month": "2025-02", "net_kg": None, "lines_without_weight": 10, "complete": False},
    ]


def test_transit_is_its_own_measure(ask, two_gates) -> None:
    assert ask(by="year", from_="2025-01", to="2025-01")["rows"][0]["value_usd"] == 15.25
    assert ask(by="month", basis="transit")["rows"] == [{"month": "2025-01", "value_usd": 1000, "complete": True}]


def test_summaries_tell_sources_and_bases_apart(ask, make) -> None:
    one, two = make.source(code="one"), make.source(code="two")
    for source, basis, gate, value in (
        (one, "province", "province", "100"), (two, "province", "province", "101"), (two, "gate", "moc-bai", "9"),
    ):  # fmt: skip
        make.flow("2025-01", value, dataset="summaries", source_id=source.id, basis=basis, gate=gate)
    make.flow("2025-01", "55", dataset="summaries", source_id=one.id, basis="province", period_kind="cumulative")
    rows = ask(dataset="summaries", by="month")["rows"]
    assert sorted((row["basis"], row["source"], row["value_usd"]) for row in rows) == [
        ("gate", "two", 9), ("province", "one", 100), ("province", "two", 101),
    ]  # fmt: skip


def test_crossings_by_kind_and_one_kind_alone(ask, make) -> None:
    source = make.source(code="guard")
    for kind, way, count in (("truck", "in", 4), ("truck", "out", 5), ("person", "in", 60)):
        make.crossing("2025-01", count, kind, direction=way, source_id=source.id)
    rows = ask(dataset="crossings", measure="count", by="month,gate,measure")["rows"]
    assert rows == [
        {"month": "2025-01", "gate": "moc-bai", "measure": kind, "source": "guard", "count": count, "complete": True}
        for kind, count in (("person", 60), ("truck", 9))
    ]
    trucks = ask(dataset="crossings", measure="truck", by="direction")["rows"]
    assert [(row["direction"], row["count"]) for row in trucks] == [("in", 4), ("out", 5)]


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("by=hs4,partner", "NotPublished", "hs4 without partner"),
        ("hs=071410", "TooFine", "071410"),
        ("by=commune", "NoSuchDimension", "month, quarter, year, gate, direction, hs2, hs4, partner"),
        ("measure=profit", "NoSuchMeasure", "value_usd, value_vnd, net_kg, lines"),
        ("gate=nowhere", "NoSuchName", "nowhere"),
        ("partner=QQ", "NoSuchName", "QQ"),
        ("dataset=crossings&measure=count&by=month", "KindsNotAdded", "measure=truck"),
        ("dataset=crossings&measure=count&by=measure&hs=07", "NoSuchDimension", "goods"),
    ],
)
def test_what_is_not_published_is_refused_by_name(client, two_gates, make, query, code, said) -> None:
    make.crossing("2025-01", 5)
    answer = client.get(f"{URL}?{query}", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert said in answer.json["title"]


@pytest.mark.parametrize(
    "query", ["from=2025-13", "from=2025-03&to=2025-01", "dataset=rates", "colour=red", "partner=kh"]
)
def test_a_question_that_makes_no_sense_is_422(client, query) -> None:
    assert client.get(f"{URL}?{query}").status_code == 422


def test_no_figures_are_no_rows_and_not_complete(ask) -> None:
    answer = ask()
    assert (answer["rows"], answer["complete"], answer["as_of"], answer["sources"]) == ([], False, None, [])


def test_an_unchanged_answer_is_304_until_something_is_published(client, two_gates, make) -> None:
    first = client.get(f"{URL}?by=month")
    etag = first.headers["ETag"]
    again = client.get(f"{URL}?by=month", headers={"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    assert client.get(f"{URL}?by=gate", headers={"If-None-Match": etag}).status_code == 200
    make.published("declarations", 8)
    assert client.get(f"{URL}?by=month", headers={"If-None-Match": etag}).status_code == 200


def test_csv_by_format_or_by_accept(client, two_gates) -> None:
    expected = "month,gate,value_usd,complete\n2025-01,moc-bai,10.25,true\n2025-01,xa-mat,5,true\n"
    query = f"{URL}?by=month,gate&from=2025-01&to=2025-01"
    by_format = client.get(f"{query}&format=csv")
    by_accept = client.get(query, headers={"Accept": "text/csv"})
    assert by_format.text == by_accept.text == expected
    assert by_format.mimetype == "text/csv"


def test_demonstration_figures_say_so_in_json_and_csv(client, make) -> None:
    make.delivered(make.source(demo=True), "2025-01")
    make.flow("2025-01", "1", demo=True)
    assert client.get(f"{URL}?by=month").json["demonstration"] is True
    assert client.get(f"{URL}?by=month&format=csv").text == (
        "month,value_usd,complete,demonstration\n2025-01,1,true,true\n"
    )


@pytest.mark.parametrize("measure", ["firms", "declarations"])
def test_counts_of_firms_and_declarations_are_for_economists(client, make, token_of, two_gates, measure) -> None:
    query = f"{URL}?measure={measure}&by=month,gate,direction&gate=moc-bai&to=2025-01"
    assert client.get(query).status_code == 401
    for person, status in (
        (make.person("buyer"), 403),
        (make.person("moderator"), 403),
        (make.person("economist"), 200),
    ):
        answer = client.get(query, headers={"Authorization": f"Bearer {token_of(person)}"})
        assert answer.status_code == status
    assert [row[measure] for row in answer.json["rows"]] == [{"firms": 4, "declarations": 5}[measure]]
    assert "public" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("query", "needed"),
    [
        ("by=year,gate,direction", "month"),
        ("by=month,direction", "gate"),
        ("by=month,gate,direction&hs=07,40", "hs2"),
        ("by=month", "gate, direction"),
    ],
)
def test_counts_of_distinct_things_are_never_added(client, make, token_of, two_gates, query, needed) -> None:
    headers = {"Authorization": f"Bearer {token_of(make.person('economist'))}"}
    answer = client.get(f"{URL}?measure=firms&{query}", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (422, "NotAdded")
    assert answer.json["details"]["needed"] == needed


def test_the_operation_is_described(client) -> None:
    spec = json.loads(client.get("/api/v1/openapi.json").text)
    operation = spec["paths"]["/api/v1/trade/flows"]["get"]
    names = {parameter["name"] for parameter in operation["parameters"]}
    assert {"dataset", "measure", "by", "gate", "direction", "hs", "partner", "from", "to", "format"} <= names


def test_real_figures_put_the_demonstration_away(client, make) -> None:
    make.delivered(make.source(demo=True), "2025-01")
    make.flow("2025-01", "1", demo=True)
    make.delivered(make.source(), "2025-02")
    make.flow("2025-02", "5")
    answer = client.get(f"{URL}?by=month").json
    assert answer["rows"] == [{"month": "2025-02", "value_usd": 5, "complete": True}]
    assert (answer["demonstration"], len(answer["sources"])) == (False, 1)


@pytest.mark.parametrize(
    ("query", "code"),
    [("measure=weight", "NoSuchMeasure"), ("by=colour", "NoSuchDimension"), ("by=hs4,partner", "NotPublished")],
)
def test_a_wrong_question_is_refused_before_there_are_any_figures(client, query, code) -> None:
    answer = client.get(f"{URL}?{query}")
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_without_any_figures_nothing_is_complete(client, ask) -> None:
    answer = ask(by="month,gate")
    assert (answer["rows"], answer["complete"], answer["as_of"], answer["sources"]) == ([], False, None, [])
    assert client.get(f"{URL}?by=month,gate&format=csv").text == "month,gate,value_usd,complete\n"


def test_months_before_the_first_file_are_not_complete(ask, two_gates) -> None:
    answer = ask(from_="2024-01", to="2024-12")
    assert (answer["rows"], answer["complete"]) == ([], False)


@pytest.mark.parametrize(
    ("dataset", "direction"), [("declarations", "in"), ("summaries", "both"), ("crossings", "export")]
)
def test_directions_are_those_of_the_dataset(client, dataset, direction) -> None:
    answer = client.get(f"{URL}?dataset={dataset}&direction={direction}&by=month,measure")
    assert (answer.status_code, list(answer.json["details"]["query"])) == (422, ["direction"])


def test_what_is_left_empty_says_nothing(client, two_gates) -> None:
    asked = "dataset=&measure=&by=&gate=&direction=&hs=&partner=&basis=&from=&to=&format="
    assert client.get(f"{URL}?{asked}").json == client.get(URL).json
