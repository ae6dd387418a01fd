"""Numbers as people type them: read exactly, or said to be unclear, never guessed."""

from decimal import Decimal as D

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text import number_style, parse_number
from app.trade.cells import number_sql
from tests.text.vectors import vectors

STYLES = {"vi": (".", ","), "en": (",", ".")}


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("1.234.567,89", "vi", "1234567.89"),
        ("1,234,567.89", "en", "1234567.89"),
        ("1 234 567,8", "vi", "1234567.8"),
        ("(1.234)", "vi", "-1234"),
        ("−5,2", "vi", "-5.2"),
        ("12,3%", "vi", "12.3"),
        ("១២៣៤,៥០", None, "1234.50"),
        ("១.២៣៤", None, "1234"),
        ("2,6 tỷ USD", "vi", "2600000000"),
        ("2.264,5 tr.USD", "vi", "2264500000"),
        ("1.325 triệu USD (↑ 24%)", "vi", "1325000000"),
        ("26,300.0", None, "26300.0"),
        ("1.234,5", None, "1234.5"),
        ("12.345.678", None, "12345678"),
    ],
)
def test_a_number_is_read_exactly(text, style, value) -> None:
    assert parse_number(text, style).value == D(value)


@pytest.mark.parametrize("text", ["1.234", "1,234", "12.345", "-9,999"])
def test_what_may_be_thousands_or_a_fraction_is_unclear_without_a_style(text) -> None:
    number = parse_number(text)
    assert (number.value, number.ambiguous, number.reason, len(number.readings)) == (None, True, "separator", 2)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("#REF!", "excel_error"), ("1.05E+11", "scientific"), ("56..537,447", "malformed"), ("abc", "malformed")],
)
def test_what_is_no_number_says_why(text, reason) -> None:
    assert (parse_number(text, "vi").value, parse_number(text, "vi").reason) == (None, reason)


@pytest.mark.parametrize("text", ["", "-", "–", "…", "x", "n/a"])
def test_nothing_there_is_not_zero_and_no_mistake(text) -> None:
    assert (parse_number(text, "vi").value, parse_number(text, "vi").reason) == (None, None)


def test_the_millions_with_four_decimals_are_held_for_a_person() -> None:
    number = parse_number("2.1485 triệu USD (↓ 21,8%)", "vi")
    assert (number.value, number.ambiguous) == (None, True)


def test_all_vectors() -> None:
    for text, said, value in vectors("numbers"):
        style = {"en/km": "en"}.get(said, "vi" if said.startswith(("vi", "excel")) else None)
        number = parse_number(text, style)
        if value == "error":
            assert number.value is None and number.reason, text
        elif value is None:
            assert number.value is None and number.reason is None, text
        else:
            scale = 1000 if "kg" in said else 1  # "7 nghìn tấn": the unit is turned into kilograms elsewhere
            assert number.value == D(str(value)) / scale, text


def written(value: D, style: str, grouped: bool) -> str:
    group, point = STYLES[style]
    whole, _, fraction = f"{abs(value):f}".partition(".")
    if grouped:
        whole = f"{int(whole):,}".replace(",", group)
    return ("-" if value < 0 else "") + whole + (point + fraction if fraction else "")


AMOUNTS = st.decimals(min_value=-(10**11), max_value=10**11, places=4, allow_nan=False) | st.integers(
    -(10**11), 10**11
).map(D)


@given(AMOUNTS, st.sampled_from(["vi", "en"]), st.booleans())
def test_what_is_written_in_a_style_is_read_back_in_it(value, style, grouped) -> None:
    assert parse_number(written(value, style, grouped), style).value == value


@given(st.lists(AMOUNTS, min_size=1, max_size=20), st.sampled_from(["vi", "en"]))
def test_the_style_of_a_column_is_never_mistaken_for_the_other(values, style) -> None:
    assert number_style(written(value, style, True) for value in values) in (style, None)


@pytest.fixture(scope="module")
def sql():
    """The value that the columnar reader finds in a cell."""
    connection = duckdb.connect()

    def read(text: str, style: str | None) -> D | None:
        cell = number_sql("cell", style, 4)
        return connection.execute(f"SELECT {cell} FROM (SELECT ?::VARCHAR AS cell)", [text]).fetchone()[0]

    yield read
    connection.close()


CELLS = st.one_of(
    st.builds(written, AMOUNTS, st.sampled_from(["vi", "en"]), st.booleans()),
    st.text(alphabet="0123456789.,-+eE ", max_size=12),
)


@given(CELLS, st.sampled_from(["vi", "en", None]))
def test_the_columnar_reader_never_reads_another_number_than_the_careful_one(sql, text, style) -> None:
    found, careful = sql(text, style), parse_number(text, style)
    if found is not None and careful.value is not None:
        assert found == careful.value.quantize(D("0.0001"), "ROUND_HALF_UP")
    if careful.ambiguous and style is None:
        assert found is None


@given(AMOUNTS, st.sampled_from(["vi", "en"]), st.booleans())
def test_the_columnar_reader_reads_every_number_of_its_style(sql, value, style, grouped) -> None:
    assert sql(written(value, style, grouped), style) == value
