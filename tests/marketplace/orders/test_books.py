"""`mocxa check` finds every way in which the books of orders and stock could be wrong."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app import checks
from app.checks import INVARIANTS
from app.db import Session


@pytest.fixture
def deal(make, order_of):
    return order_of(make.person(), (make.product(), "5"), (make.product(), "7"))


def broken(settings) -> set[str]:
    return {finding.name for finding in checks.run(settings) if finding.name in INVARIANTS and not finding.ok}


def change(statement: str) -> None:
    with Session.begin() as session:
        session.execute(text(statement))


def test_the_books_are_right_after_placing(web_app, deal) -> None:
    assert broken(web_app.config) == set()


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE product SET reserved = 0", "reserved stock equals the open orders"),
        ("UPDATE \"order\" SET state = 'cancelled'", "reserved stock equals the open orders"),
        ('UPDATE "order" SET total = total + 1', "an order's total is the sum of its lines"),
        ("UPDATE order_line SET amount = amount - 1", "an order's total is the sum of its lines"),
        ("UPDATE firm SET state = 'pending'", "only verified firms have published products"),
    ],
)
def test_damage_is_found(web_app, deal, damage, found) -> None:
    change(damage)
    assert broken(web_app.config) == {found}


def test_an_order_that_lost_its_lines_is_found(web_app, deal) -> None:
    change("DELETE FROM order_line")
    assert "no order is without lines" in broken(web_app.config)


@pytest.mark.parametrize("damage", ["UPDATE product SET reserved = on_hand + 1", "UPDATE product SET reserved = -1"])
def test_the_database_itself_refuses_impossible_stock(deal, damage) -> None:
    with pytest.raises(IntegrityError):
        change(damage)
