"""The strip of completeness, who delivered, and when the demonstration is shown."""

from datetime import UTC, date, datetime

from app.trade import coverage
from app.trade.freshness import freshness, is_demo, tag
from app.trade.models import GateMonth
from app.trade.scope import Scope

QUARTER = Scope(date(2025, 1, 1), date(2025, 4, 1))


def states(session, scope=QUARTER) -> dict[str, list[str]]:
    return {gate: [cell.state for cell in cells] for gate, cells in coverage.strip(session, scope).items()}


def test_a_month_is_there_missing_or_before_the_first(make, session) -> None:
    for month in ("2025-01", "2025-02", "2025-03", "2025-04"):
        make.flow(month)
    make.flow("2025-02", gate="xa-mat")
    make.flow("2025-04", gate="xa-mat")
    assert states(session) == {
        "moc-bai": ["present"] * 4,
        "xa-mat": ["before", "present", "missing", "present"],
    }


def test_a_month_that_lacks_all_imports_is_partial(make, session) -> None:
    for month in ("2025-01", "2025-02"):
        make.flow(month)
    make.flow("2025-01", direction="import")
    assert states(session)["moc-bai"][:2] == ["present", "partial"]


def test_a_month_delivered_before_it_was_over_is_not_final(make, session) -> None:
    make.flow("2025-01")
    make.flow("2025-02")
    source = make.source()
    make.delivered(source, "2025-01", accepted_at=datetime(2025, 1, 31, 16, 59, tzinfo=UTC))
    make.delivered(source, "2025-02", accepted_at=datetime(2025, 2, 28, 17, 0, tzinfo=UTC))
    assert states(session)["moc-bai"][:2] == ["preliminary", "present"]


def test_a_summary_with_a_weak_status_is_not_final(make, session) -> None:
    source = make.source()
    for month, status in (("2025-01", "official"), ("2025-02", "estimate")):
        make.flow(month, dataset="summaries", source_id=source.id, status=status)
    scope = Scope(QUARTER.first, QUARTER.last, dataset="summaries", source_id=source.id)
    assert states(session, scope)["moc-bai"][:2] == ["present", "preliminary"]


def test_an_accepted_month_that_is_not_computed_yet_is_pending(make, session) -> None:
    make.flow("2025-01")
    make.keep(GateMonth(dataset="declarations", gate="moc-bai", month=date(2025, 1, 1), version=2, done_version=1))
    assert states(session)["moc-bai"][0] == "pending"


def test_crossings_have_a_strip_of_their_own(make, session) -> None:
    source = make.source()
    make.crossing("2025-01", 5, source_id=source.id)
    make.crossing("2025-03", 5, source_id=source.id)
    scope = Scope(QUARTER.first, QUARTER.last, dataset="crossings")
    assert states(session, scope) == {"moc-bai": ["present", "missing", "present", "missing"]}


def test_sources_are_told_for_the_gates_and_months_that_are_asked_for(make, session) -> None:
    customs, other = make.source(code="a", name="Hải quan"), make.source(code="b")
    make.delivered(customs, "2025-01", "2025-02", rows=100, bad=3)
    make.delivered(other, "2025-01", gate="xa-mat")
    make.flow("2025-01", basis="excluded", lines=8)
    make.published("declarations", 4)
    told = freshness(session, Scope(QUARTER.first, QUARTER.last, gates=("moc-bai",)))
    (delivery,) = told.deliveries
    assert (delivery.name, delivery.imports, delivery.files, delivery.rows) == ("Hải quan", 1, 2, 200)
    assert (told.imports, told.first, told.last, told.held, told.excluded) == (
        1, date(2025, 1, 1), date(2025, 2, 1), 3, 8,
    )  # fmt: skip
    assert told.as_of is not None


def test_the_demonstration_is_shown_only_while_nothing_real_counts(make, session) -> None:
    assert not is_demo(session)
    make.delivered(make.source(demo=True), "2025-01")
    assert is_demo(session)
    before = tag(session, "declarations", about="x")
    make.delivered(make.source(), "2025-01")
    assert not is_demo(session)
    assert tag(session, "declarations", about="x") != before
