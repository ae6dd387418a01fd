"""SQL expressions for a cell of text: as a number, as a day, as nothing at all. NULL where it cannot be read."""

from app.text.numbers import MISSING
from app.trade.reading import quoted

NOTHING = ", ".join(quoted(text) for text in sorted(MISSING))
VI_SHAPE = r"[-+]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?"
EN_SHAPE = r"[-+]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?"


def number_sql(text: str, style: str | None, decimals: int, typed_cells: bool = False) -> str:
    """A cell as DECIMAL in the style of its file; without one, what can be read in one way only.

    The common case, a plain number, is cast at once. 1.05E+11 has lost digits and is no number.
    """
    en = f"CASE WHEN regexp_full_match(trim({text}), '{EN_SHAPE}') THEN replace({text}, ',', '') END"
    vi = f"CASE WHEN regexp_full_match(trim({text}), '{VI_SHAPE}')" + (
        f" THEN replace(replace({text}, '.', ''), ',', '.') END"
    )
    if style == "en":
        odd, read = f"contains({text}, ',')", en
    elif style == "vi":
        odd, read = f"(contains({text}, '.') OR contains({text}, ','))", vi
        if typed_cells:  # a number cell of a spreadsheet, written by us with four decimals or more
            read = rf"CASE WHEN regexp_full_match({text}, '-?\d+\.\d{{4,}}') THEN {text} ELSE {vi} END"
    else:
        odd = f"(contains({text}, '.') OR contains({text}, ','))"
        read = f"CASE WHEN NOT {could_be_two(text)} THEN coalesce({vi}, {en}) END"
    lost = f"contains({text}, 'E') OR contains({text}, 'e')"
    plain = f"CASE WHEN {odd} THEN {read} WHEN {lost} THEN NULL ELSE {text} END"
    return f"TRY_CAST({plain} AS DECIMAL(18, {decimals}))"


def empty(text: str) -> str:
    """Whether a cell holds nothing, or a dash that says so."""
    return f"(lower(trim(coalesce({text}, ''))) IN ({NOTHING}))"


def could_be_two(text: str) -> str:
    """Whether a cell is 1234 in one style and 1.234 in the other."""
    return rf"coalesce(regexp_full_match(trim({text}), '[-+]?[1-9]\d{{0,2}}[.,]\d{{3}}'), false)"


def day_sql(text: str, pattern: str) -> str:
    """A cell as DATE by the file's pattern; a clock time after a blank or T is dropped."""
    if pattern == "serial":
        return f"DATE '1899-12-30' + TRY_CAST({text} AS INTEGER)"
    day = f"CASE WHEN length({text}) > 10 THEN split_part(replace({text}, 'T', ' '), ' ', 1) ELSE {text} END"
    if pattern == "%Y-%m-%d":
        return f"TRY_CAST({day} AS DATE)"
    return f"CAST(try_strptime({day}, {quoted(pattern)}) AS DATE)"
