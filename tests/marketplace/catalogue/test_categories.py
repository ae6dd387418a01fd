"""Categories come with the product, and certificates count until the day they end."""

from datetime import timedelta

from sqlalchemy import func, select

from app.marketplace.catalogue.categories import all_categories, load_categories
from app.marketplace.catalogue.certificates import KINDS, is_valid, name_of
from app.marketplace.catalogue.models import Category, Certificate
from app.periods import today


def test_loading_twice_adds_nothing_and_puts_names_right(session) -> None:
    first = load_categories(session)
    first["dac-san"].name_en = "Wrong"
    session.flush()
    again = load_categories(session)
    assert again["dac-san"].name_en == "Specialities & processed food"
    assert session.scalar(select(func.count()).select_from(Category)) == len(first) == 11


def test_categories_stand_in_the_order_of_the_file_and_in_three_languages(session) -> None:
    load_categories(session)
    found = all_categories(session)
    assert [category.position for category in found] == list(range(1, 12))
    assert found[0].slug == "dac-san"
    assert all(category.name_vi and category.name_en and category.name_km for category in found)


def test_a_certificate_counts_through_its_last_day() -> None:
    assert is_valid(Certificate(kind="haccp", valid_until=None))
    assert is_valid(Certificate(kind="haccp", valid_until=today()))
    assert not is_valid(Certificate(kind="haccp", valid_until=today() - timedelta(days=1)))


def test_every_kind_has_a_name_and_an_unknown_one_is_shown_as_it_is() -> None:
    assert all(name_of(kind) for kind in KINDS)
    assert name_of("unknown") == "unknown"
