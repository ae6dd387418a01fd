"""Units convert exactly inside their dimension and never across."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.units import BASES, UNITS, NoConversion, UnknownUnit, convert, factor, unit_code

fixed = [unit.code for unit in UNITS.values() if unit.factor is not None]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("kg", "KGM"), ("KG.", "KGM"), ("ký", "KGM"), ("tấn", "TNE"), ("Tan", "TNE"), ("TẤN", "TNE"),
        ("tạ", "DTN"), ("tá", "DZN"), ("yến", "XYE"), ("chục", "XTN"), ("lít", "LTR"), ("m³", "MTQ"), ("M3", "MTQ"),
        ("khối", "MTQ"), ("m2", "MTK"), ("cái", "PCE"), ("chiec", "PCE"), ("đôi", "PR"), ("bộ", "SET"), ("bao", "BG"),
        ("BAG", "BG"), ("thùng", "CT"), ("hộp", "BX"), ("BOX", "BX"), ("gói", "PK"), ("kiện", "PK"), ("cuộn", "RO"),
        ("ROL", "RO"), ("chai", "BO"), ("UNIT", "UNIT"), ("គីឡូក្រាម", "KGM"), ("តោន", "TNE"),
    ],
)  # fmt: skip
def test_a_typed_unit_is_recognised(typed, code):
    assert unit_code(typed) == code


@pytest.mark.parametrize("typed", ["", "giạ", "thước", "ta"])
def test_a_unit_that_is_unknown_or_could_be_two_is_not_guessed(typed):
    assert unit_code(typed) is None


def test_every_code_is_its_own_spelling():
    assert [unit_code(code) for code in UNITS] == list(UNITS)


@pytest.mark.parametrize(
    ("quantity", "from_", "to", "result"),
    [
        ("7000", "KGM", "TNE", "7"), ("1", "TNE", "KGM", "1000"), ("2.5", "DTN", "KGM", "250"),
        ("3", "XYE", "KGM", "30"),
        ("1", "LBR", "GRM", "453.59237"), ("1", "MTQ", "LTR", "1000"), ("2", "DZN", "PCE", "24"),
        ("6", "PR", "DZN", "1"),
        ("5", "BG", "BG", "5"),
    ],
)  # fmt: skip
def test_quantities_convert_exactly(quantity, from_, to, result):
    assert convert(Decimal(quantity), from_, to) == Decimal(result)


@pytest.mark.parametrize(
    ("from_", "to"), [("LTR", "KGM"), ("BG", "KGM"), ("SET", "PCE"), ("BG", "CT"), ("PCE", "KGM")]
)
def test_there_is_no_conversion_without_a_fixed_factor(from_, to):
    with pytest.raises(NoConversion):
        convert(Decimal(1), from_, to)


def test_unknown_codes_are_refused():
    with pytest.raises(UnknownUnit):
        convert(Decimal(1), "KGM", "XXX")


def test_every_dimension_with_factors_has_a_base_of_one():
    assert {dimension: UNITS[code].factor for dimension, code in BASES.items()} == dict.fromkeys(BASES, Decimal(1))
    assert {UNITS[code].dimension for code in fixed} == set(BASES)


def test_every_unit_is_named_in_three_languages():
    assert all(unit.name_vi and unit.name_en and unit.name_km for unit in UNITS.values())


@given(st.sampled_from(fixed), st.sampled_from(fixed), st.decimals("0.001", 10**9, places=3))
def test_conversions_round_trip(one, other, quantity):
    if UNITS[one].dimension != UNITS[other].dimension:
        with pytest.raises(NoConversion):
            factor(one, other)
    else:
        there_and_back = convert(convert(quantity, one, other), other, one)
        assert abs(there_and_back - quantity) <= quantity * Decimal("1e-25")
