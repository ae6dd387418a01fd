"""Known shapes of files that are not one row per record: which headers identify them and how they are unfolded.

A profile is data. A new public table needs a new entry here and nothing else.
"""

from dataclasses import dataclass, field
from typing import Literal

from app.trade.aliases import WIDE_MEASURES, key
from app.trade.models import PROVINCE, Dataset


@dataclass(frozen=True)
class Wide:
    """A column that holds values of its own kind: `fixed` says what every value in it is."""

    header: str
    fixed: dict[str, str]


@dataclass(frozen=True)
class Growth:
    """A growth cell is recomputed as `this` / `before` × 100 and never taken as given (E15)."""

    header: str
    this: str
    before: str


@dataclass(frozen=True)
class Profile:
    """Everything but the code is optional: an empty profile is a plain table."""

    code: str = "table"
    dataset: str = ""
    identified_by: tuple[str, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)  # field -> header
    fixed: dict[str, str] = field(default_factory=dict)  # field -> the same text for every row
    wide: tuple[Wide, ...] = ()
    value_field: str = ""  # the field that wide columns fill
    bare_period: Literal["month", "cumulative"] | None = None  # what "8" means in the period column
    worded_numbers: bool = False  # numbers are typed with words: "1.325 triệu USD (↑ 24%)"
    repeats: Literal["error", "parts"] = "error"  # the same key twice: a mistake, or parts of one cell
    growth: tuple[Growth, ...] = ()
    gate_prefix: str = ""  # slugs of gates created from this file
    gate_name: str = ""  # header of the column with the name of the gate

    def given(self) -> set[str]:
        """Fields that need no column of their own."""
        wide = {name for one in self.wide for name in one.fixed} | ({self.value_field} if self.wide else set())
        return wide | set(self.fixed)


PROFILES: tuple[Profile, ...] = (
    Profile(
        code="bts_crossings",
        dataset=Dataset.CROSSINGS,
        identified_by=("Port Name", "Port Code", "Border", "Measure", "Value"),
        columns={"gate": "Port Code", "period": "Date", "measure": "Measure", "count": "Value"},
        fixed={"direction": "in"},
        gate_prefix="us-",
        gate_name="Port Name",
    ),
    Profile(
        code="bts_dot3",
        dataset=Dataset.SUMMARIES,
        identified_by=("TRDTYPE", "DEPE", "COMMODITY2", "COUNTRY", "VALUE", "SHIPWT", "MONTH", "YEAR"),
        columns={
            "gate": "DEPE",
            "period": "MONTH",
            "year": "YEAR",
            "direction": "TRDTYPE",
            "hs": "COMMODITY2",
            "partner": "COUNTRY",
            "value": "VALUE",
            "net_kg": "SHIPWT",
        },
        fixed={"currency": "USD", "status": "official"},
        bare_period="month",
        repeats="parts",
        gate_prefix="us-",
    ),
    Profile(
        code="tayninh_years",
        dataset=Dataset.SUMMARIES,
        identified_by=("ky", "xk_2025", "xk_2026", "nk_2025", "nk_2026"),
        columns={"period": "ky"},
        fixed={"gate": PROVINCE, "currency": "triệu USD"},
        wide=(
            Wide("xk_2025", {"direction": "XK", "year": "2025"}),
            Wide("xk_2026", {"direction": "XK", "year": "2026"}),
            Wide("nk_2025", {"direction": "NK", "year": "2025"}),
            Wide("nk_2026", {"direction": "NK", "year": "2026"}),
        ),
        value_field="value",
        growth=(Growth("xk_so_ck_pct", "xk_2026", "xk_2025"), Growth("nk_so_ck_pct", "nk_2026", "nk_2025")),
    ),
    Profile(
        code="tayninh_words",
        dataset=Dataset.SUMMARIES,
        identified_by=("nam", "ky", "xuat_khau", "nhap_khau"),
        columns={"period": "ky", "year": "nam"},
        fixed={"gate": PROVINCE, "currency": "USD"},
        wide=(Wide("xuat_khau", {"direction": "XK"}), Wide("nhap_khau", {"direction": "NK"})),
        value_field="value",
        bare_period="cumulative",  # the rows of 2022 and 2023 are totals since January
        worded_numbers=True,
    ),
    Profile(
        code="investing_rates",
        dataset=Dataset.RATES,
        identified_by=("Ngày", "Lần cuối", "Mở", "Cao", "Thấp"),
        columns={"date": "Ngày", "rate": "Lần cuối"},
        fixed={"currency": "USD"},
    ),
    Profile(
        code="first_of_month_rates",
        dataset=Dataset.RATES,
        identified_by=("date", "usd_vnd", "usd_khr"),
        columns={"date": "date", "rate": "usd_vnd"},
        fixed={"currency": "USD"},
    ),
)

# Codes of trade type in the dot files, and other values that only mean something inside one profile
VALUE_ALIASES: dict[str, dict[str, dict[str, str]]] = {
    "bts_dot3": {"direction": {"1": "export", "2": "import"}},
}


def profile_for(dataset: str, headers: list[str]) -> Profile:
    """The known profile whose headers are all there; else a plain table, un-pivoted where kinds are columns."""
    present = {key(header) for header in headers}
    for profile in PROFILES:
        if profile.dataset == dataset and present.issuperset(map(key, profile.identified_by)):
            return profile
    if dataset == Dataset.CROSSINGS:
        return _border_guard_sheet(headers)
    return Profile(dataset=dataset)


def profile_called(code: str, dataset: str, headers: list[str]) -> Profile:
    """The profile of that code."""
    known = next((profile for profile in PROFILES if profile.code == code), None)
    return known or profile_for(dataset, headers)


def _border_guard_sheet(headers: list[str]) -> Profile:
    kinds = [(header, WIDE_MEASURES[key(header)]) for header in headers if key(header) in WIDE_MEASURES]
    if len(kinds) < 2:
        return Profile(dataset=Dataset.CROSSINGS)
    wide = tuple(
        Wide(header, {"measure": measure} | ({"direction": way} if way else {})) for header, (measure, way) in kinds
    )
    return Profile(code="kinds_as_columns", dataset=Dataset.CROSSINGS, wide=wide, value_field="count")
