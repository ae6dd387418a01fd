"""The cart: of a visitor, of a person, and what stands against ordering its lines."""

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, update

from app.db import Session, now
from app.marketplace.catalogue.pricing import newest
from app.marketplace.orders import cart
from app.marketplace.orders.basket import GateNotOffered
from app.marketplace.orders.cart import CartFull, NoSuchProduct, NotInCart, Owner
from app.marketplace.orders.models import Cart, CartLine
from app.money import Money
from app.periods import today


@pytest.fixture
def visitor() -> Owner:
    return Owner(token="a token of a browser")


@pytest.fixture
def put(session):
    """`put(owner, product, "2")`: the line, committed."""

    def add(owner, product, quantity="1", gate="moc-bai", currency="VND"):
        line = cart.add(session, owner, product.id, gate, Decimal(quantity), currency)
        session.commit()
        return line

    return add


def priced(session, owner, currency="VND", firm=None):
    session.expire_all()
    return cart.priced(session, owner, currency, newest(session, today()), today(), firm)


def held(session, owner) -> list[tuple[int, str, Decimal]]:
    session.expire_all()
    return [(line.product_id, line.gate.slug, line.quantity) for line in cart.lines_of(session, owner)]


def codes(basket) -> list[list[str]]:
    return [[fault.code for fault in line.faults] for line in basket.lines]


def test_more_of_what_is_there_is_added_to_it(session, make, visitor, put) -> None:
    product = make.product(gates=("moc-bai", "xa-mat"))
    put(visitor, product, "2")
    put(visitor, product, "3.5")
    put(visitor, product, "1", gate="xa-mat")
    assert held(session, visitor) == [(product.id, "moc-bai", Decimal("5.5")), (product.id, "xa-mat", 1)]


def test_only_the_hash_of_a_visitors_token_is_kept(session, make, visitor, put) -> None:
    put(visitor, make.product())
    kept = session.scalars(select(Cart.token_hash)).one()
    assert (len(kept), visitor.token in kept) == (64, False)


def test_carts_are_apart(session, make, visitor, put) -> None:
    one, two = make.product(), make.product()
    buyer = make.person()
    put(visitor, one)
    put(Owner(buyer.id), two)
    assert held(session, visitor) == [(one.id, "moc-bai", 1)]
    assert held(session, Owner(buyer.id)) == [(two.id, "moc-bai", 1)]
    assert cart.count(session, Owner()) == 0


def test_somebody_elses_line_is_not_there(session, make, visitor, put) -> None:
    line = put(visitor, make.product())
    other = Owner(make.person().id)
    with pytest.raises(NotInCart):
        cart.change(session, other, line.id, Decimal(1), "moc-bai", "VND")
    with pytest.raises(NotInCart):
        cart.remove(session, other, line.id)
    with pytest.raises(NotInCart):
        cart.remove(session, Owner(), line.id)


def test_quantity_and_gate_can_be_changed_and_lines_that_meet_become_one(session, make, visitor, put) -> None:
    product = make.product(gates=("moc-bai", "xa-mat"))
    first = put(visitor, product, "2")
    put(visitor, product, "3", gate="xa-mat")
    cart.change(session, visitor, first.id, Decimal(4), "moc-bai", "VND")
    session.commit()
    assert held(session, visitor) == [(product.id, "moc-bai", 4), (product.id, "xa-mat", 3)]
    cart.change(session, visitor, first.id, Decimal(4), "xa-mat", "VND")
    session.commit()
    assert held(session, visitor) == [(product.id, "xa-mat", 7)]


def test_a_removed_line_is_gone(session, make, visitor, put) -> None:
    line = put(visitor, make.product())
    cart.remove(session, visitor, line.id)
    session.commit()
    assert (held(session, visitor), cart.count(session, visitor)) == ([], 0)


@pytest.mark.parametrize("state", ["draft", "pending", "withdrawn"])
def test_what_is_not_published_cannot_be_put_in(session, make, visitor, state) -> None:
    with pytest.raises(NoSuchProduct):
        cart.add(session, visitor, make.product(state=state).id, "moc-bai", Decimal(1), "VND")


def test_a_gate_that_is_not_offered_is_told(session, make, visitor) -> None:
    with pytest.raises(GateNotOffered):
        cart.add(session, visitor, make.product().id, "xa-mat", Decimal(1), "VND")


def test_a_cart_has_a_size(session, make, visitor, put, monkeypatch) -> None:
    monkeypatch.setattr(cart, "MOST_LINES", 2)
    firm, shelf = make.firm(), make.category()
    for _ in range(2):
        put(visitor, make.product(firm=firm, category=shelf))
    with pytest.raises(CartFull):
        cart.add(session, visitor, make.product().id, "moc-bai", Decimal(1), "VND")


def test_lines_are_grouped_by_firm_and_gate_and_summed(session, make, visitor, put) -> None:
    one = make.product(prices=[("VND", "1", "1000")], gates=("moc-bai", "xa-mat"))
    same = make.product(prices=[("VND", "1", "200")], firm=one.firm)
    other = make.product(prices=[("VND", "1", "30")])
    for product, quantity, gate in ((one, "1", "moc-bai"), (other, "2", "moc-bai"), (same, "3", "moc-bai")):
        put(visitor, product, quantity, gate)
    put(visitor, one, "4", "xa-mat")
    basket = priced(session, visitor)
    parts = [(part.firm.id, part.gate.slug, part.total) for part in basket.parts]
    assert parts == [
        (one.firm_id, "moc-bai", Money(Decimal(1600), "VND")),
        (other.firm_id, "moc-bai", Money(Decimal(60), "VND")),
        (one.firm_id, "xa-mat", Money(Decimal(4000), "VND")),
    ]
    assert basket.total == Money(Decimal(5660), "VND")


def test_each_line_says_what_stands_against_ordering_it(session, make, visitor, put) -> None:
    changes = {
        "fine": {},
        "below": {"moq": Decimal(10)},
        "odd": {"multiple": Decimal(5)},
        "short": {"reserved": Decimal(95)},
        "gone": {"state": "withdrawn"},
    }
    products = {name: make.product() for name in changes}
    for name, product in products.items():
        put(visitor, product, "7")
        for field, value in changes[name].items():
            setattr(product, field, value)
    moved = make.product(gates=("moc-bai", "xa-mat"))
    put(visitor, moved, "7", "xa-mat")
    moved.gates = [gate for gate in moved.gates if gate.slug == "moc-bai"]
    session.commit()
    assert codes(priced(session, visitor)) == [
        [], ["BelowMinimum"], ["NotAMultiple"], ["OutOfStock"], ["NotForSale"], ["GateNotOffered"],
    ]  # fmt: skip


def test_two_lines_of_a_product_are_both_short_when_together_they_are(session, make, visitor, put) -> None:
    product = make.product(gates=("moc-bai", "xa-mat"), on_hand=Decimal(10))
    put(visitor, product, "6")
    put(visitor, product, "5", "xa-mat")
    assert codes(priced(session, visitor)) == [["OutOfStock"], ["OutOfStock"]]


def test_a_member_of_the_firm_is_told_that_it_is_their_own(session, make, put) -> None:
    product = make.product()
    seller = make.member(product.firm)
    put(Owner(seller.id), product)
    assert codes(priced(session, Owner(seller.id), firm=product.firm_id)) == [["OwnGoods"]]


def test_a_price_that_changed_is_told_with_the_old_one(session, make, visitor, put) -> None:
    product = make.product(prices=[("VND", "1", "25000")])
    put(visitor, product, "2")
    assert priced(session, visitor).lines[0].was is None
    product.prices[0].amount = Decimal(26000)
    session.commit()
    line = priced(session, visitor).lines[0]
    assert (line.was, line.price.money) == (Money(Decimal(25000), "VND"), Money(Decimal(26000), "VND"))
    cart.change(session, visitor, line.wanted.line_id, Decimal(3), "moc-bai", "VND")
    session.commit()
    assert priced(session, visitor).lines[0].was is None


def test_another_currency_is_not_a_change_of_price(session, make, visitor, put) -> None:
    put(visitor, make.product(prices=[("VND", "1", "25000")]), currency="VND")
    line = priced(session, visitor, "USD").lines[0]
    assert (line.was, line.price.money.currency, bool(line.price.rates)) == (None, "USD", True)


def test_the_visitors_cart_becomes_the_persons_at_sign_in(session, make, visitor, put) -> None:
    both, only = make.product(), make.product()
    buyer = Owner(make.person().id)
    put(buyer, both, "2")
    put(visitor, both, "5")
    put(visitor, only, "1")
    cart.merge(session, visitor.token, buyer.person_id)
    session.commit()
    assert held(session, buyer) == [(both.id, "moc-bai", 5), (only.id, "moc-bai", 1)]
    assert held(session, visitor) == []
    cart.merge(session, visitor.token, buyer.person_id)
    session.commit()
    assert len(held(session, buyer)) == 2


def test_visitors_carts_nobody_came_back_for_are_forgotten(session, make, visitor, put) -> None:
    buyer = Owner(make.person().id)
    put(visitor, make.product())
    put(buyer, make.product())
    put(Owner(token="fresh"), make.product())
    session.execute(update(Cart).where(Cart.token_hash != cart.hashed("fresh")).values(created=now() - timedelta(61)))
    cart.forget_old_carts(session)
    session.commit()
    assert [len(held(session, owner)) for owner in (visitor, buyer, Owner(token="fresh"))] == [0, 1, 1]


def test_clicks_at_once_make_one_cart_and_add_up(session, make, visitor) -> None:
    product_id = make.product().id
    start = Barrier(8)

    def click() -> None:
        start.wait()
        with Session.begin() as own:
            cart.add(own, visitor, product_id, "moc-bai", Decimal(1), "VND")

    threads = [Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert session.scalar(select(func.count()).select_from(Cart)) == 1
    assert session.scalars(select(CartLine.quantity)).one() == 8
