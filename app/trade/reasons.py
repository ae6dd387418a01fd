"""What each rule says to a clerk: one line on what is wrong, one on what to do, wherever a finding is shown."""

from typing import Any, Literal, NamedTuple

from flask_babel import lazy_gettext as _l

Severity = Literal["file", "error", "warning"]  # stops the whole file, holds the row back, is only told


class Reason(NamedTuple):
    """What a rule says of a file as a whole. `label` is what its chip shows when the code is no word for people."""

    code: str
    severity: Severity
    reason: Any
    hint: Any
    label: Any = ""

    @property
    def chip(self) -> str:
        return str(self.label) or self.code


RULES: tuple[Reason, ...] = (
    Reason(
        "E01",
        "file",
        _l("A column that the data set needs is missing."),
        _l("Say on the mapping page which column it is, or write one text that holds for every row."),
    ),
    Reason(
        "E02",
        "error",
        _l("The date or period cannot be read, or lies in the future."),
        _l("Write day/month/year, for example 23/11/2025; a month as 11/2025."),
    ),
    Reason(
        "E03",
        "error",
        _l("The HS code is not in the tariff."),
        _l("Look the code up (8 digits in declarations; 2, 4, 6 or 8 in summaries) and format the column as text."),
    ),
    Reason(
        "E04",
        "error",
        _l("The HS code has 7 digits; a 0 at its beginning was probably lost."),
        _l("Put the 0 back and format the column as text."),
    ),
    Reason(
        "E05",
        "error",
        _l("The border gate is not known."),
        _l("Write the name or code of the gate as on the gates page, for example Mộc Bài."),
    ),
    Reason(
        "E06",
        "error",
        _l("The direction is not known."),
        _l("Write Xuất or Nhập (export, import); for people and vehicles Xuất cảnh or Nhập cảnh (out, in)."),
    ),
    Reason(
        "E07",
        "error",
        _l("There is no number here, or it cannot be read."),
        _l("Write the number alone, without unit or words. “-” means that there is none."),
    ),
    Reason(
        "ambiguous",
        "error",
        _l("This can be read in two ways."),
        _l("Choose the number style on the mapping page, or write the number without separators."),
        _l("unclear"),
    ),
    Reason(
        "rate",
        "error",
        _l("No exchange rate is known for this currency on that day."),
        _l("Import the exchange rates of that time first, then read this file again."),
        _l("rate"),
    ),
    Reason(
        "E08",
        "error",
        _l("The number cannot be negative."),
        _l("Remove the minus sign, or leave the row out if it takes another row back."),
    ),
    Reason(
        "E10",
        "error",
        _l("The row repeats an earlier one; only the first one counts."),
        _l("Delete one of the two rows, or correct what should tell them apart."),
    ),
    Reason(
        "E11",
        "warning",
        _l("The price per kilogram is far from what is usual for this HS code."),
        _l("Check the value and the weight: a zero too many, or VND typed as USD? The row counts as it is."),
    ),
    Reason(
        "E13",
        "error",
        _l("The whole period is the same as a year before: it looks copied."),
        _l("Ask the sender for the right figures; if they are right, let these rows through when you accept."),
    ),
    Reason(
        "E15",
        "warning",
        _l("A growth cell does not agree with the figures beside it."),
        _l("Nothing to do: growth is always computed here. Tell the sender about the wrong cell."),
    ),
    Reason(
        "E16",
        "file",
        _l("This very file has been sent before."),
        _l("Open the earlier import. To send it again, reject or cancel that one first."),
    ),
    Reason(
        "E17",
        "error",
        _l("The row cannot be cut into columns."),
        _l("Open the file in a spreadsheet program, put the row in order and save it again."),
    ),
    Reason(
        "E18",
        "warning",
        _l("The partner country is not known."),
        _l("The row counts under “not specified”. Write the name of the country or its two-letter code."),
    ),
    Reason(
        "E20",
        "error",
        _l("This word is not known here."),
        _l("Use one of the words listed on the formats page."),
    ),
)
BY_CODE = {rule.code: rule for rule in RULES}

# What is said of one row, where the field or the values of the row say it better; field "" stands for any
_OF_ROW: dict[tuple[str, str], tuple[Any, Any]] = {
    ("E02", "period"): (
        _l("The period cannot be read, lies in the future, or is not one that is counted here."),
        _l("Crossings take a day or a month, summaries a month, a quarter or months since January: 10/2025."),
    ),
    ("E04", ""): (
        _l("The HS code has 7 digits; a 0 at its beginning was probably lost."),
        _l("Put the 0 back and format the column as text: 0%(value)s"),
    ),
    ("E10", ""): (
        _l("This row repeats row %(other)s; only the first one counts."),
        _l("Delete one of the two rows, or correct what should tell them apart."),
    ),
    ("E15", ""): (
        _l("The growth in the file is %(value)s, but its own figures give %(other)s."),
        _l("Nothing to do: growth is always computed here. Tell the sender about the wrong cell."),
    ),
    ("E07", "declaration"): (
        _l("The declaration number must have 11 or 12 digits."),
        _l("Format the column as text: a number like 3.05E+11 has lost its last digits."),
    ),
    ("E07", "line"): (
        _l("The line number must be a whole number from 1."),
        _l("Number the lines of each declaration 1, 2, 3 …"),
    ),
    ("E07", "currency"): (
        _l("The currency is not known."),
        _l("Write its three letters, for example USD, VND or KHR."),
    ),
    ("E07", "count"): (
        _l("The count must be a whole number."),
        _l("Write the number alone, without unit or words. “-” means that there is none."),
    ),
    ("E06", "procedure"): (
        _l("The procedure code does not go with the direction."),
        _l("A is for import and B for export, for example A11, B11: correct the code or the direction."),
    ),
    ("E08", "gross_kg"): (
        _l("The gross weight is less than the net weight."),
        _l("Check whether the two columns were exchanged or one of them is in tonnes."),
    ),
    ("E08", "rate"): (
        _l("The rate must be more than zero."),
        _l("Write how many VND one unit costs, for example 26300."),
    ),
    ("ambiguous", "period"): (
        _l("The period can be read in two ways: a month, or the months since January."),
        _l("Write T8/2025 for August, or “8 tháng 2025” for January to August."),
    ),
    ("E20", "measure"): (
        _l("This kind of vehicle or people is not known."),
        _l("Use one of the words on the formats page, for example Xe tải, Xe khách, Người."),
    ),
    ("E20", "status"): (
        _l("This status of a figure is not known."),
        _l("Write Ước, Sơ bộ, Điều chỉnh or Chính thức."),
    ),
    ("E10", "differs"): (
        _l("This row contradicts row %(other)s: the same thing with other figures. The first one counts."),
        _l("Find out which of the two rows is right, and send the right one again if it is this one."),
    ),
    ("E17", "TOO MANY COLUMNS"): (
        _l("The row has more columns than the header."),
        _l("A comma inside a text or number? Put the text in quotation marks, or save the file as XLSX."),
    ),
    ("E17", "MISSING COLUMNS"): (
        _l("The row has fewer columns than the header."),
        _l("Was the row broken in two, or the file cut off? Put the row in order and save the file again."),
    ),
    ("E17", "UNQUOTED VALUE"): (
        _l("A quotation mark in this row is not closed."),
        _l("Close or remove the quotation mark, or save the file as XLSX."),
    ),
    ("E17", "LINE SIZE OVER MAXIMUM"): (
        _l("The row holds far too much text."),
        _l("A quotation mark that is never closed swallows the following rows: close or remove it."),
    ),
    ("E17", "INVALID ENCODING"): (
        _l("The row holds characters that cannot be read."),
        _l("Save the file as “CSV UTF-8” or as XLSX."),
    ),
}


def label(code: str) -> str:
    """What a chip of this rule shows."""
    return BY_CODE[code].chip if code in BY_CODE else code


def explain(code: str, field: str, value: str = "", other: str = "", suggestion: str = "") -> tuple[str, str]:
    """The reason and the hint of one finding, in the reader's language. `suggestion` is the nearest known word."""
    rule = BY_CODE.get(code)
    if rule is None:
        return code, ""
    reason, hint = _OF_ROW.get((code, field)) or _OF_ROW.get((code, "")) or (rule.reason, rule.hint)
    facts = {"value": value, "other": other}
    if suggestion:
        return str(reason) % facts, str(_l("Did you mean “%(word)s”?", word=suggestion))
    return str(reason) % facts, str(hint) % facts
