"""Tax codes of two countries: what is taken, how it is stored, and what is said about a slip."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.vn import mst

from app.marketplace.firms.tax_codes import LostZero, PersonalNumber, WrongTaxCode, WrongTin, checked, shown
from tests import shared

VECTORS = shared.DOMAIN / "identity_vectors.json"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("3992200445", "3992200445"),
        ("0197449008", "0197449008"),
        (" 39.922.004.45 ", "3992200445"),
        ("3992200445-012", "3992200445012"),
        ("39 92200445 - 001", "3992200445001"),
        ("3992200445001", "3992200445001"),
        ("３９９２２００４４５", "3992200445"),
    ],
)
def test_a_vietnamese_code_is_taken_as_people_write_it(typed: str, stored: str) -> None:
    assert checked("VN", typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "3992200446",
        "3900000000",
        "3992200445-000",
        "39922O0445",
        "123456789",
        "",
        "39922004450",
    ],
)
def test_a_vietnamese_code_with_a_slip_is_refused(typed: str) -> None:
    with pytest.raises(WrongTaxCode):
        checked("VN", typed)


def test_a_lost_leading_zero_is_offered_back() -> None:
    with pytest.raises(LostZero) as refused:
        checked("VN", "197449008")
    assert refused.value.details == {"repaired": "0197449008"}


def test_a_personal_number_is_named_as_such() -> None:
    with pytest.raises(PersonalNumber):
        checked("VN", "072085001234")


@pytest.mark.parametrize("typed", ["K001-123456789", "l001-901234567", " E005-000012345 "])
def test_a_cambodian_tin_is_taken(typed: str) -> None:
    assert checked("KH", typed) == typed.strip().upper()


@pytest.mark.parametrize(
    "typed", ["K001123456789", "K01-123456789", "X001-123456789", "K001-12345678", "K001-1234567890"]
)
def test_a_cambodian_tin_of_another_shape_is_refused(typed: str) -> None:
    with pytest.raises(WrongTin):
        checked("KH", typed)


def test_a_branch_is_shown_after_a_hyphen() -> None:
    assert shown("VN", "3992200445012") == "3992200445-012"
    assert shown("VN", "3992200445") == "3992200445"
    assert shown("KH", "K001-123456789") == "K001-123456789"


@given(st.integers(0, 99), st.integers(1, 9_999_999))
def test_every_issued_code_is_taken_and_any_other_check_digit_is_not(area: int, serial: int) -> None:
    first_nine = f"{area:02}{serial:07}"
    digit = mst.calc_check_digit(first_nine)
    for other in "0123456789":
        if other == digit:
            assert checked("VN", first_nine + other) == first_nine + other
        else:
            with pytest.raises(WrongTaxCode):
                checked("VN", first_nine + other)


@given(st.integers(0, 99), st.integers(1, 9_999_999), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(area: int, serial: int, place: int, shift: int) -> None:
    first_nine = f"{area:02}{serial:07}"
    digit = str(mst.calc_check_digit(first_nine))
    if len(digit) == 2:
        return
    code = first_nine + digit
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    with pytest.raises(WrongTaxCode):
        checked("VN", wrong)


@given(st.text(max_size=20))
def test_whatever_is_typed_gets_an_answer(typed: str) -> None:
    for country in ("VN", "KH"):
        with suppress(WrongTaxCode):
            assert checked(country, typed).isascii()


@pytest.mark.skipif(not VECTORS.exists(), reason="the vectors lie beside the project, not in it")
def test_all_vectors_of_the_dossier() -> None:
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    for code in vectors["valid_10"] + vectors["valid_13"]:
        assert checked("VN", code) == code.replace("-", "")
    for code in [*vectors["invalid_checksum"], *(row["v"] for row in vectors["invalid_other"])]:
        with pytest.raises(WrongTaxCode):
            checked("VN", code)
    for code in vectors["kh_tin"]["examples_ok"]:
        assert checked("KH", code) == code
    for code in vectors["kh_tin"]["examples_bad"]:
        with pytest.raises(WrongTin):
            checked("KH", code)
    for row in vectors["normalise"]:
        assert mst.compact(row["in"]) == row["out"]
