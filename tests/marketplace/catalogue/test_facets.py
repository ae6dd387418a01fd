"""Narrowing the list: counts that respect the other choices, order, pages and addresses."""

import random
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.marketplace.catalogue import shop as shops
from app.marketplace.catalogue.facets import FACETS, Question, _in_vnd, band, bands
from app.marketplace.catalogue.models import Certificate
from app.marketplace.catalogue.pricing import Rates
from app.money import Money
from app.periods import today


@pytest.fixture
def browse(session):
    def listing(currency: str = "VND", per_page: int = shops.PER_PAGE, **question):
        return shops.browse(session, shops.enter(session), Question(**question), currency, per_page)

    return listing


def counts(listing, facet: str) -> dict[str, int]:
    return {choice.value: choice.count for choice in listing.facets[facet]}


def test_counts_of_a_facet_respect_the_other_facets_but_not_its_own(make, browse):
    fruit, salt = make.category(slug="fruit"), make.category(slug="salt")
    make.product(category=fruit, gates=["moc-bai"])
    make.product(category=fruit, gates=["xa-mat"])
    make.product(category=salt, gates=["moc-bai", "xa-mat"])
    listing = browse(chosen={"category": ("fruit",), "gate": ("moc-bai",)})
    assert listing.total == 1
    assert counts(listing, "category") == {"fruit": 1, "salt": 1}
    assert counts(listing, "gate") == {"moc-bai": 1, "xa-mat": 1}


def test_several_values_of_one_facet_add_up(make, browse):
    make.product(gates=["moc-bai"])
    make.product(gates=["xa-mat"])
    make.product(gates=["tan-nam"])
    assert browse(chosen={"gate": ("moc-bai", "xa-mat")}).total == 2


def test_a_chosen_value_is_shown_even_when_it_leaves_nothing(make, browse):
    make.product(gates=["moc-bai"])
    listing = browse(chosen={"certificate": ("halal",)})
    assert listing.total == 0
    assert counts(listing, "gate") == {}
    assert browse(chosen={"gate": ("no-such-gate",)}).total == 0


def test_an_expired_certificate_does_not_count(make, browse):
    yesterday = today() - timedelta(days=1)
    make.product(certificates=[Certificate(kind="haccp", valid_until=yesterday)])
    make.product(certificates=[Certificate(kind="haccp", valid_until=today())])
    make.product(certificates=[Certificate(kind="ocop", stars=4)])
    assert counts(browse(), "certificate") == {"haccp": 1, "ocop": 1, "ocop-4": 1}


def test_a_gate_that_takes_no_goods_is_no_choice(session, make, browse):
    product = make.product(gates=["moc-bai", "ka-tum"])
    gate = next(gate for gate in product.gates if gate.slug == "ka-tum")
    gate.status = "closed"
    session.commit()
    try:
        assert counts(browse(), "gate") == {"moc-bai": 1}
    finally:
        gate.status = "open"
        session.commit()


def test_price_bands_are_half_open_and_their_counts_sum_to_the_whole(make, browse):
    for amount in ("19999", "20000", "49999", "50000", "5000000"):
        make.product(prices=[("VND", "1", amount)])
    listing = browse()
    assert counts(listing, "price") == {
        "vnd:-20000": 1,
        "vnd:20000-50000": 2,
        "vnd:50000-200000": 1,
        "vnd:1000000-": 1,
    }
    assert browse(chosen={"price": ("vnd:20000-50000",)}).total == 2


def test_price_bands_in_another_currency_are_compared_by_the_newest_rate(session, make, browse):
    make.product(prices=[("USD", "1", "1.50")])
    make.product(prices=[("USD", "1", "100.00")])
    assert counts(browse(currency="USD"), "price") == {"usd:1-2": 1, "usd:50-": 1}
    rates = shops.enter(session).rates
    edge = rates.convert(Money(Decimal(2), "USD"), "VND")
    assert edge is not None
    make.product(prices=[("VND", "1", str(edge.money.amount))])
    assert counts(browse(currency="USD"), "price") == {"usd:1-2": 1, "usd:2-10": 1, "usd:50-": 1}


def test_the_list_is_sorted_by_price_with_unpriced_goods_last(make, browse):
    dear, cheap = make.product(prices=[("VND", "1", "900")]), make.product(prices=[("VND", "1", "100")])
    unpriced = make.product(prices=[])
    assert browse(sort="price").ids == (cheap.id, dear.id, unpriced.id)
    assert browse(sort="-price").ids == (dear.id, cheap.id, unpriced.id)
    assert browse(sort="newest").ids == (unpriced.id, cheap.id, dear.id)


@pytest.mark.parametrize("sort", ["", "newest", "price", "-price", "relevance"])
def test_pages_show_every_product_exactly_once(make, browse, sort):
    firm, shelf = make.firm(), make.category()
    made = {make.product(firm=firm, category=shelf, name_vi="Gạo").id for _ in range(11)}
    pages = [browse(q="gao", sort=sort, page=page, per_page=4).ids for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [4, 4, 3]
    assert {id_ for page in pages for id_ in page} == made


def test_a_page_after_the_last_shows_the_last(make, browse):
    make.product()
    listing = browse(page=99)
    assert (listing.page, listing.pages, len(listing.ids)) == (1, 1, 1)


def test_counts_equal_a_count_by_hand(session, make, browse):
    """A shop of 60 products against plain Python, for 40 questions drawn at random."""
    dice = random.Random(42)
    shelves = [make.category(slug=f"shelf-of-{n}") for n in range(4)]
    firms = [make.firm(slug=f"firm-of-{n}", name_vi=f"Hãng {n}") for n in range(5)]
    gates, kinds = ["moc-bai", "xa-mat", "tan-nam"], ["haccp", "halal", "vietgap"]
    words = ["gạo", "muối", "đường"]
    goods = []
    for _ in range(60):
        facts = {
            "category": {dice.choice(shelves).slug},
            "firm": {dice.choice(firms).slug},
            "gate": set(dice.sample(gates, dice.randint(1, 3))),
            "certificate": set(dice.sample(kinds, dice.randint(0, 2))),
            "price": Decimal(dice.choice([5_000, 20_000, 60_000, 900_000, 2_000_000])),
            "words": set(dice.sample(words, dice.randint(1, 2))),
        }
        product = make.product(
            name_vi=" ".join(sorted(facts["words"])),
            category=next(s for s in shelves if s.slug in facts["category"]),
            firm=next(f for f in firms if f.slug in facts["firm"]),
            gates=sorted(facts["gate"]),
            certificates=[Certificate(kind=kind) for kind in sorted(facts["certificate"])],
            prices=[("VND", "1", str(facts["price"]))],
        )
        goods.append((product.id, facts))

    def has(facts, facet, value) -> bool:
        if facet == "price":
            _, low, high = band(value)
            return (low is None or facts["price"] >= low) and (high is None or facts["price"] < high)
        return value in facts[facet]

    def meets(facts, chosen, but="") -> bool:
        return all(any(has(facts, f, v) for v in values) for f, values in chosen.items() if f != but and values)

    values = {"category": [s.slug for s in shelves], "firm": [f.slug for f in firms], "gate": gates}
    values |= {"certificate": kinds, "price": bands("VND")}
    for _ in range(40):
        q = dice.choice(["", *words])
        asked = [(id_, facts) for id_, facts in goods if not q or q in facts["words"]]
        chosen = {
            f: tuple(dice.sample(values[f], dice.randint(1, 2))) for f in dice.sample(FACETS, dice.randint(0, 3))
        }
        listing = browse(q=q, chosen=chosen, per_page=100)
        assert set(listing.ids) == {id_ for id_, facts in asked if meets(facts, chosen)}
        assert listing.firms == len({min(facts["firm"]) for _, facts in asked if meets(facts, chosen)})
        for facet in FACETS:
            within = [facts for _, facts in asked if meets(facts, chosen, but=facet)]
            by_hand = {value: sum(has(facts, facet, value) for facts in within) for value in values[facet]}
            kept = {value: n for value, n in by_hand.items() if n or value in chosen.get(facet, ())}
            assert counts(listing, facet) == kept


def test_an_address_says_everything_and_is_read_back_as_the_same_question():
    question = Question(
        q="muối tôm", chosen={"gate": ("moc-bai", "xa-mat"), "price": ("usd:1-5",)}, sort="price", page=3
    )
    assert (
        question.address(page=3)
        == "?q=mu%E1%BB%91i+t%C3%B4m&gate=moc-bai&gate=xa-mat&price=usd:1-5&sort=price&page=3"
    )


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    words.map(lambda text: " ".join(text.split())),
    st.dictionaries(st.sampled_from(FACETS), st.lists(words.filter(bool), min_size=1, max_size=3, unique=True)),
    st.sampled_from(["", "newest", "price", "-price"]),
    st.integers(1, 99999),
)
def test_any_question_survives_its_address(q, chosen, sort, page):
    question = Question(q, {name: tuple(values) for name, values in chosen.items()}, sort, page)
    again = MultiDict(parse_qsl(question.address(page=page)[1:], keep_blank_values=True))
    assert Question.of(again.to_dict(flat=False)) == question


@pytest.mark.parametrize("page", ["0", "-1", "x", "1e9", "99999999999999999999", "²", ""])
def test_a_page_that_is_no_number_is_the_first(page):
    assert Question.of({"page": [page]}).page == 1


def test_choosing_and_taking_back_a_value_begin_at_page_one():
    question = Question(chosen={"gate": ("moc-bai",)}, page=4)
    assert question.toggled("gate", "xa-mat") == "?gate=moc-bai&gate=xa-mat"
    assert question.toggled("gate", "moc-bai") == "?"


@pytest.mark.parametrize("value", ["", "vnd", "eur:1-2", "vnd:a-b", "vnd:1-2-3", "VND:1-2", "vnd:-1-2"])
def test_what_is_no_price_band_is_refused(value):
    assert band(value) is None


def test_without_a_rate_a_foreign_band_has_no_edges():
    assert _in_vnd(5, "USD", Rates([])) is None
