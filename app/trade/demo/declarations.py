"""Invented declaration lines in the shape of a customs export: seeded, so a month is the same on every machine."""

import csv
import gzip
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from app.periods import add_months
from app.trade.demo.seasons import briskness, days_of, growth, season

LABELS = {"moc-bai": "CUA KHAU MOC BAI (TAY NINH)", "xa-mat": "CUA KHAU XA MAT (TAY NINH)"}
OFFICES = {"moc-bai": ("45B1", "45B1", "45F2", "45F1"), "xa-mat": ("45C1",)}
HEADERS = (
    "Số TK", "Ngày ĐK", "Mã HQ", "Mã LH", "MST", "STT hàng", "Mã HS", "Tên hàng", "Nước", "Số lượng", "ĐVT",
    "Trọng lượng (kg)", "Trị giá NT", "Nguyên tệ", "Trị giá tính thuế (VND)", "Cửa khẩu", "Trạng thái",
)  # fmt: skip
TITLES = {
    "export": "BẢNG KÊ DÒNG HÀNG TỜ KHAI XUẤT KHẨU",
    "import": "BẢNG KÊ DÒNG HÀNG TỜ KHAI NHẬP KHẨU",
    "transit": "BẢNG KÊ TỜ KHAI VẬN CHUYỂN ĐỘC LẬP (QUÁ CẢNH)",
}
NO_TRADE = {"export": ("E54", "G61", "G24"), "import": ("E15", "G13", "G51")}  # kept, but outside trade figures
DIGIT = {"import": 1, "export": 3, "transit": 5}


class Good(NamedTuple):
    """A kind of goods that crosses a gate one way; `share` is its part of that way's value in an ordinary month."""

    gate: str
    direction: str
    hs8: str
    share: float
    season: str
    usd_per_kg: float
    unit: str
    partners: str
    procedure: str
    text: str


class Way(NamedTuple):
    """One way through a gate: million USD in October 2026, its growth a year, and how many lines a month."""

    gate: str
    direction: str
    million_usd: float
    growth: float
    lines: int


WAYS = (
    Way("moc-bai", "export", 62, 0.09, 430),
    Way("moc-bai", "import", 73, 0.19, 470),
    Way("xa-mat", "export", 14, 0.05, 190),
    Way("xa-mat", "import", 27, 0.12, 260),
)
TRANSIT = Way("moc-bai", "transit", 371, 0.06, 110)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a declaration as it will be written."""

    declaration: str
    day: date
    good: Good
    office: str
    tax_code: str
    number: int
    partner: str
    kg: float
    usd: float
    procedure: str
    amendment: int = 0
    cancelled: bool = False
    slip: str = ""  # the value as somebody mistyped it


@cache
def goods() -> tuple[Good, ...]:
    """The kinds of goods, from goods.csv beside this file."""
    with Path(__file__).with_name("goods.csv").open(encoding="utf-8") as file:
        next(file)
        return tuple(
            Good(gate, way, hs8, float(share), season_name, float(worth), unit, partners, procedure, text)
            for gate, way, hs8, share, season_name, worth, unit, partners, procedure, text in csv.reader(file)
        )


def month_of_way(way: Way, month: date, closed_from: date | None = None) -> list[Line]:
    """All lines of a month one way through one gate."""
    random = Random(f"moc-xa {way.gate} {way.direction} {month}")
    days = days_of(month)
    weights = [briskness(day, closed_from) for day in days]
    level = way.million_usd * 1e6 * growth(month, way.growth) * sum(weights) / 30.4
    kinds = _kinds(way)
    whole = sum(good.share for good in kinds)
    drawn: list[tuple[date, Good, float]] = []
    for good in kinds:
        part = good.share / whole * season(good.season, month)
        count = max(1, round(way.lines * part * random.uniform(0.85, 1.15)))
        worth = level * part * random.gauss(1, 0.05) / count
        drawn += [
            (random.choices(days, weights)[0], good, worth * random.lognormvariate(-0.32, 0.8)) for _ in range(count)
        ]
    drawn.sort(key=lambda item: item[0])
    return list(_declared(random, way, month, drawn))


def _kinds(way: Way) -> list[Good]:
    """The goods of a way; what only crosses the territory comes from Thailand, China and overseas."""
    if way.direction == "transit":
        return [
            Good(way.gate, "transit", hs8, share, "flat", worth, "KGM", partners, "OLA", text)
            for hs8, share, worth, partners, text in (
                ("85171300", 40.0, 410.0, "CN:4 KR:1", "Điện thoại và linh kiện (quá cảnh)"),
                ("54022000", 25.0, 3.4, "CN:3 TW:1", "Nguyên liệu dệt (quá cảnh)"),
                ("24011050", 15.0, 4.2, "ID:1 KH:1", "Nguyên liệu thuốc lá (quá cảnh)"),
                ("39201090", 20.0, 2.4, "TH:2 SG:1", "Nguyên liệu nhựa (quá cảnh)"),
            )
        ]
    return [good for good in goods() if (good.gate, good.direction) == (way.gate, way.direction)]


def _declared(random: Random, way: Way, month: date, drawn: list[tuple[date, Good, float]]) -> Iterator[Line]:
    """Lines put together into declarations of one firm and day, with numbers nobody else has."""
    serial, place = 0, 0
    left = 0
    office = tax_code = declaration = ""
    last_day: date | None = None
    for day, good, usd in drawn:
        if left == 0 or day != last_day:
            serial, place, left, last_day = serial + 1, 0, random.choice((1, 1, 2, 3, 4, 5)), day
            office, tax_code = random.choice(OFFICES[way.gate]), _firm(random, way)
            gate_digit = 1 + list(LABELS).index(way.gate)
            months = (month.year - 2020) * 12 + month.month
            declaration = f"{DIGIT[way.direction]}0{months:03}{gate_digit}{DIGIT[way.direction]}{serial:04}"
        place, left = place + 1, left - 1
        kg = usd / good.usd_per_kg * random.uniform(0.9, 1.1)
        outside = way.direction in NO_TRADE and random.random() < 0.012
        procedure = random.choice(NO_TRADE[way.direction]) if outside else good.procedure
        partner = _one_of(random, good.partners)
        cancelled = random.random() < 0.004
        yield Line(declaration, day, good, office, tax_code, place, partner, kg, usd, procedure, cancelled=cancelled)


def _firm(random: Random, way: Way) -> str:
    """The tax code of one of some 140 firms that cannot exist: its check digit is wrong on purpose."""
    number = int(random.paretovariate(1.1)) % 70 + (0 if way.gate == "moc-bai" else 50)
    prefix = ("39", "39", "11", "03")[number % 4]
    first_nine = f"{prefix}{(number * 7919 + 104729) % 10_000_000:07}"
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    check = 10 - sum(weight * int(digit) for weight, digit in zip(weights, first_nine, strict=True)) % 11
    return f"{first_nine}{(check + 4) % 10}"


def _one_of(random: Random, weighted: str) -> str:
    names, weights = zip(*(part.split(":") for part in weighted.split()), strict=True)
    return str(random.choices(names, [int(weight) for weight in weights])[0])


# --- files ---


def write(folder: Path, name: str, direction: str, lines: Iterable[Line], vnd: Callable[[date], float]) -> Path:
    """A gzipped CSV as an officer exports it: two title lines, Vietnamese headers, 1.234,56 and dd/mm/yyyy."""
    out = io.StringIO()
    out.write(f"{TITLES[direction]} - DỮ LIỆU MẪU\n\n")
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(HEADERS)
    writer.writerows(_cells(line, vnd(line.day)) for line in lines)
    path = folder / f"{name}.csv.gz"
    path.write_bytes(gzip.compress(out.getvalue().encode(), compresslevel=3, mtime=0))
    return path


def _cells(line: Line, rate: float) -> tuple[str, ...]:
    value = round(line.usd, 2)
    return (
        f"{line.declaration}{line.amendment}", f"{line.day:%d/%m/%Y}", line.office, line.procedure, line.tax_code,
        str(line.number), line.good.hs8, line.good.text, line.partner, _vi(line.kg / 50, 1), line.good.unit,
        _vi(line.kg, 1), line.slip or _vi(value, 2), "USD", f"{value * rate:.0f}", LABELS[line.good.gate],
        "Hủy" if line.cancelled else "Thông quan",
    )  # fmt: skip


def _vi(number: float, decimals: int) -> str:
    return f"{number:,.{decimals}f}".replace(",", " ").replace(".", ",").replace(" ", ".")


# --- what somebody should notice ---


def with_anomalies(way: Way, month: date, last: date, lines: list[Line]) -> list[Line]:
    """Two slips of the pen: a value ten times too great, and an amount in đồng under “USD”."""
    planted = {
        ("moc-bai", "export", add_months(last, -4)): _tenfold,
        ("xa-mat", "export", add_months(last, -11)): _dong,
    }
    slip = planted.get((way.gate, way.direction, month))
    return slip(lines) if slip else lines


def _tenfold(lines: list[Line]) -> list[Line]:
    wrong = max(lines, key=lambda line: line.usd)
    return [replace(line, slip=_vi(wrong.usd * 10, 2)) if line is wrong else line for line in lines]


def _dong(lines: list[Line]) -> list[Line]:
    wrong = min(lines, key=lambda line: line.usd)
    small = replace(wrong, usd=880.0, kg=880 / wrong.good.usd_per_kg, slip=_vi(880 * 25_000, 2))
    return [small if line is wrong else line for line in lines]


def amended(lines: list[Line], how_many: int = 12) -> list[Line]:
    """Declarations sent again with the next amendment number: a little less weight and value than first said."""
    chosen = {line.declaration for line in lines[:: max(1, len(lines) // how_many)]}
    return [
        replace(line, amendment=1, usd=line.usd * 0.96, kg=line.kg * 0.97, slip="")
        for line in lines
        if line.declaration in chosen
    ]
