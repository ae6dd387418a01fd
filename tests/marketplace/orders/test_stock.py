"""Whatever both sides do in whatever order: 0 ≤ reserved ≤ on hand, and reserved is what is open."""

from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, text

from app.accounts.who import Caller
from app.checks import INVARIANTS
from app.db import Session
from app.errors import Problem
from app.marketplace.catalogue.models import Product
from app.marketplace.orders import moving, place
from app.marketplace.orders.basket import OutOfStock
from app.marketplace.orders.models import HOLDING, NEXT, Order, OrderState
from app.marketplace.orders.place import Item, Placing
from tests.factories import Make
from tests.marketplace.orders.conftest import keys, who

STOCK = (Decimal(30), Decimal("12.5"))
quantities = st.integers(1, 60).map(lambda halves: Decimal(halves) / 2)


class Trade(RuleBasedStateMachine):
    """Two products of one firm, a plain model of their stock beside them."""

    @initialize()
    def open_shop(self) -> None:
        with Session() as session:
            make = Make(session)
            firm, shelf = make.firm(), make.category()
            facts = {
                "firm": firm,
                "category": shelf,
                "unit": "KGM",
                "moq": Decimal("0.5"),
                "multiple": Decimal("0.5"),
            }
            products = [make.product(on_hand=amount, gates=("moc-bai", "xa-mat"), **facts) for amount in STOCK]
            self.ids = [product.id for product in products]
            people = {"buyer": make.person(), "seller": make.member(firm), "moderator": make.person("moderator")}
            self.people: dict[str, Caller] = {side: who(session, person) for side, person in people.items()}
        self.on_hand = dict(zip(self.ids, STOCK, strict=True))
        self.open: dict[str, tuple[OrderState, dict[int, Decimal]]] = {}

    def free(self, product_id: int) -> Decimal:
        held = [wanted.get(product_id, Decimal(0)) for state, wanted in self.open.values() if state in HOLDING]
        return self.on_hand[product_id] - sum(held, Decimal(0))

    @rule(first=quantities, second=quantities, far=st.booleans())
    def order(self, first: Decimal, second: Decimal, far: bool) -> None:
        wanted = dict(zip(self.ids, (first, second), strict=True))
        gates = ("moc-bai", "xa-mat" if far else "moc-bai")
        items = [Item(id_, gate, wanted[id_]) for id_, gate in zip(self.ids, gates, strict=True)]
        fits = all(quantity <= self.free(id_) for id_, quantity in wanted.items())
        try:
            with Session.begin() as session:
                request = Placing("VND", tuple(reversed(items)))
                group = place.place(session, self.people["buyer"], f"key-{next(keys)}", request)
                for order in group.orders:
                    lines = {line.product_id: line.quantity for line in order.lines}
                    self.open[order.number] = (OrderState.PLACED, lines)
            assert fits
        except OutOfStock as short:
            told = short.details
            assert not fits
            assert Decimal(told["available"]) == self.free(told["product_id"])

    @rule(data=st.data(), side=st.sampled_from(["buyer", "seller", "moderator"]))
    def step(self, data: st.DataObject, side: str) -> None:
        if not self.open:
            return
        number = data.draw(st.sampled_from(sorted(self.open)))
        state, wanted = self.open[number]
        to = data.draw(st.sampled_from([*NEXT[state], *OrderState]))
        try:
            with Session.begin() as session:
                moving.move(session, self.people[side], number, to, reason="so it was decided")
        except Problem:
            assert side not in NEXT[state].get(to, frozenset())
            return
        assert side in NEXT[state][to]
        self.open[number] = (to, wanted)
        if to == OrderState.HANDED_OVER:
            for product_id, quantity in wanted.items():
                self.on_hand[product_id] -= quantity

    @invariant()
    def the_books_are_right(self) -> None:
        if not hasattr(self, "ids"):
            return
        with Session() as session:
            for product in session.scalars(select(Product).where(Product.id.in_(self.ids))):
                assert Decimal(0) <= product.reserved <= product.on_hand
                assert (product.on_hand, product.available) == (self.on_hand[product.id], self.free(product.id))
            states = dict(session.execute(select(Order.number, Order.state).where(Order.number.in_(self.open))).all())
            assert states == {number: state for number, (state, _) in self.open.items()}
            assert [name for name, question in INVARIANTS.items() if session.scalar(text(question))] == []


def test_stock_is_right_after_any_sequence_of_orders_and_steps(clean) -> None:
    run_state_machine_as_test(
        Trade,
        settings=settings(
            max_examples=20, stateful_step_count=20, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
