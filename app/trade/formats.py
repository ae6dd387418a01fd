"""What each data set is and holds, for the upload form, the dictionary page and the templates people fill in."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from app.trade import aliases
from app.trade.fields import Field, field
from app.trade.models import Dataset


class Column(NamedTuple):
    """A column of the template: the Vietnamese header, what belongs in it, and what three filled rows hold."""

    name: str
    header: str
    meaning: Any
    filled: tuple[str, str, str]


class Format(NamedTuple):
    """`explained`: one line that tells this data set from the others."""

    title: Any
    explained: Any
    file: str  # name of the template file, in Vietnamese
    columns: tuple[Column, ...]


_GATE = _l("Name, short name or code of the gate the goods passed. It is not the customs office.")
_HS = _l("Tariff code as text, so that a 0 at its beginning stays.")
_PARTNER = _l("Name or two-letter code: origin for imports, last known destination for exports.")
_PERIOD = _l("Month (10/2025), quarter (Quý III/2025) or months since January (8 tháng 2025).")
_CURRENCY = _l("Three letters. A unit such as “triệu USD” multiplies the value.")
_DIRECTION = _l("Xuất or Nhập. “Quá cảnh” is transit and is counted apart.")
_WAY = _l("Out of or into Viet Nam; without this column both ways together.")

FORMATS: dict[str, Format] = {
    Dataset.DECLARATIONS: Format(
        _l("Declarations"),
        _l("One row for each line of a customs declaration, with HS code, value and gate."),
        "Mẫu dòng tờ khai",
        (
            Column(
                "declaration",
                "Số tờ khai",
                _l("11 or 12 digits as text. A 12th digit that is higher replaces the earlier amendment."),
                ("308123456780", "308123456780", "108765432100"),
            ),
            Column("line", "Số dòng", _l("Number of the line within its declaration: 1, 2, 3 …"), ("1", "2", "1")),
            Column(
                "date",
                "Ngày đăng ký",
                _l("Day the declaration was registered; the row counts in that month."),
                ("16/10/2025", "16/10/2025", "17/10/2025"),
            ),
            Column("direction", "Hướng", _DIRECTION, ("Xuất", "Xuất", "Nhập")),
            Column(
                "procedure",
                "Mã loại hình",
                _l("Customs procedure, for example A11 or B11; it says whether the row is in the statistics."),
                ("B11", "B11", "A12"),
            ),
            Column("gate", "Cửa khẩu", _GATE, ("Mộc Bài", "Mộc Bài", "Xa Mát")),
            Column(
                "office",
                "Mã hải quan",
                _l("Office where the declaration was registered; kept for reference."),
                ("45B1", "45B1", "45C1"),
            ),
            Column("hs", "Mã HS", _HS, ("11081400", "40012210", "07141011")),
            Column("partner", "Nước đối tác", _PARTNER, ("Campuchia", "Campuchia", "Campuchia")),
            Column(
                "value",
                "Trị giá nguyên tệ",
                _l("Value of the line in its own currency, never negative."),
                ("18500,5", "43200", "121000000"),
            ),
            Column("currency", "Nguyên tệ", _CURRENCY, ("USD", "USD", "KHR")),
            Column(
                "value_vnd",
                "Trị giá tính thuế (VND)",
                _l("Customs value in VND. Empty: computed with the rate of that day."),
                ("", "", ""),
            ),
            Column(
                "net_kg",
                "Trọng lượng tịnh (kg)",
                _l("Net weight of the line in kilograms."),
                ("42000", "24150,5", "180000"),
            ),
            Column(
                "gross_kg",
                "Trọng lượng cả bì",
                _l("Gross weight in kilograms, not less than the net weight."),
                ("42600", "24500", "182000"),
            ),
            Column("quantity", "Số lượng", _l("Quantity in the unit beside it."), ("42", "24150,5", "180")),
            Column("unit", "Đơn vị tính", _l("Unit of the quantity: kg, tấn, cái …"), ("tấn", "kg", "tấn")),
            Column(
                "tax_code",
                "Mã số thuế",
                _l("Tax code of the firm, as text. Only the number of firms ever leaves the data store."),
                ("3900244389", "3900244389", "3900371306"),
            ),
            Column(
                "cancelled",
                "Trạng thái tờ khai",
                _l("“Hủy” takes a declaration sent earlier out again; anything else keeps it."),
                ("", "", ""),
            ),
        ),
    ),
    Dataset.CROSSINGS: Format(
        _l("Crossings"),
        _l("Counts of vehicles and people through a gate, by day or month. Kinds may be rows or columns."),
        "Mẫu lượt qua cửa khẩu",
        (
            Column("gate", "Cửa khẩu", _GATE, ("Mộc Bài", "Mộc Bài", "Xa Mát")),
            Column(
                "period",
                "Ngày",
                _l("A day (16/10/2025) or a month (10/2025). Days of a month are added up."),
                ("16/10/2025", "16/10/2025", "10/2025"),
            ),
            Column("year", "Năm", _l("Only when the column before holds a month without its year."), ("", "", "")),
            Column("direction", "Hướng", _WAY, ("Xuất cảnh", "Nhập cảnh", "Xuất cảnh")),
            Column(
                "measure",
                "Loại phương tiện",
                _l("Kind of vehicle, or people; the words that are understood stand below."),
                ("Xe tải", "Xe tải", "Người"),
            ),
            Column(
                "count",
                "Số lượt",
                _l("A whole number. Kinds are different measures and are never added to one another."),
                ("412", "398", "15230"),
            ),
        ),
    ),
    Dataset.SUMMARIES: Format(
        _l("Summaries"),
        _l("Monthly totals as a department publishes them, by gate, direction, HS or country."),
        "Mẫu tổng hợp tháng",
        (
            Column(
                "gate",
                "Cửa khẩu",
                _l("A gate, or “Toàn tỉnh” for trade of the province; the two are never added."),
                ("Mộc Bài", "Mộc Bài", "Toàn tỉnh"),
            ),
            Column("period", "Kỳ", _PERIOD, ("10/2025", "10/2025", "10/2025")),
            Column("year", "Năm", _l("Only when the column before holds a period without its year."), ("", "", "")),
            Column("direction", "Hướng", _DIRECTION, ("Xuất", "Nhập", "Xuất")),
            Column(
                "hs",
                "Mã HS",
                _l("2, 4, 6 or 8 digits as text; empty for a total of all goods."),
                ("0714", "4001", ""),
            ),
            Column(
                "partner",
                "Thị trường",
                _l("Country; empty for a total of all countries."),
                ("Campuchia", "Campuchia", ""),
            ),
            Column("value", "Kim ngạch", _l("Value in the unit of the next column."), ("1,25", "3,4", "812,7")),
            Column("currency", "Đơn vị", _CURRENCY, ("triệu USD", "triệu USD", "triệu USD")),
            Column(
                "net_kg",
                "Trọng lượng (kg)",
                _l("Net weight in kilograms; write “tấn” in the header for tonnes. 0 means not collected."),
                ("2500000", "1800000", ""),
            ),
            Column(
                "status",
                "Trạng thái",
                _l("Ước, Sơ bộ, Điều chỉnh or Chính thức: how final the figure is."),
                ("Sơ bộ", "Sơ bộ", "Chính thức"),
            ),
        ),
    ),
    Dataset.RATES: Format(
        _l("Exchange rates"),
        _l("VND for one unit of a foreign currency, day by day; used to convert values."),
        "Mẫu tỷ giá",
        (
            Column(
                "date",
                "Ngày",
                _l("Day the rate holds for; a missing day takes the last rate of at most 7 days before."),
                ("16/10/2025", "16/10/2025", "17/10/2025"),
            ),
            Column("currency", "Ngoại tệ", _l("Three letters of the foreign currency."), ("USD", "KHR", "USD")),
            Column("rate", "Tỷ giá", _l("How many VND one unit costs."), ("26380", "6,58", "26385,5")),
        ),
    ),
}


def field_of(dataset: str, column: Column) -> Field:
    """The field a template column fills."""
    return field(dataset, column.name)


def other_headers(dataset: str, column: Column) -> list[str]:
    """Every other header that is understood as this column."""
    written = aliases.HEADER_WORDS[dataset].get(column.name, "").split("|")
    return [alias for alias in written if alias and aliases.key(alias) != aliases.key(column.header)]


def words(name: str) -> Iterator[tuple[str, list[str]]]:
    """Code and accepted words of a field that knows a closed list of words; nothing for other fields."""
    tables = {
        "direction": aliases.DIRECTION_WORDS,
        "measure": aliases.MEASURE_WORDS,
        "status": aliases.STATUS_WORDS,
    }
    for code, typed in tables.get(name, {}).items():
        yield code, [word for word in typed.split("|") if word != code]
