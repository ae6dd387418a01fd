"""Readable addresses from names in any script."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.marketplace.firms.models import Firm
from app.marketplace.slugs import LONGEST, free_slug, slug_of


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Bánh tráng Trảng Bàng 500 g", "banh-trang-trang-bang-500-g"),
        ("  Đường -- RE! ", "duong-re"),
        ("ទំនិញ", ""),
        ("a" * 80, "a" * 60),
        (12 * "Muối ", "-".join(12 * ["muoi"])),
        (13 * "Muối ", "-".join(12 * ["muoi"])),
    ],
)
def test_a_name_becomes_a_slug(text: str, slug: str) -> None:
    assert slug_of(text) == slug


@given(st.text(max_size=120))
def test_any_name_gives_a_fit_slug_or_none(text: str) -> None:
    slug = slug_of(text)
    assert len(slug) <= LONGEST
    assert slug == "" or re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)


def test_a_taken_slug_gets_the_next_number(session, make) -> None:
    for slug in ("muoi", "muoi-2", "muoi-tom", "mu_i-3"):
        make.firm(slug=slug)
    assert free_slug(session, Firm, "Muối") == "muoi-3"
    assert free_slug(session, Firm, "ទំនិញ") == "firm"
