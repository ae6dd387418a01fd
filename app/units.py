"""Units of trade: UN/ECE and VNACCS codes, what people type for them, and exact conversion inside a dimension."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from app.text import fold

Dimension = Literal["mass", "volume", "length", "area", "energy", "count", "package"]


class UnitError(ValueError):
    """A unit or a conversion that does not exist."""


class UnknownUnit(UnitError):
    """No such unit code."""


class NoConversion(UnitError):
    """No fixed factor between these units: kilograms of a bag depend on the bag."""


@dataclass(frozen=True, slots=True)
class Unit:
    """`factor` is the size in the base unit of the dimension (see BASES); None: only counted."""

    code: str
    dimension: Dimension
    factor: Decimal | None
    name_vi: str
    name_en: str
    name_km: str
    aliases: tuple[str, ...] = ()


def _unit(code: str, dimension: Dimension, factor: str | None, names: str, aliases: str = "") -> Unit:
    vi, en, km = names.split("|")
    typed = tuple(alias.strip() for alias in aliases.split(",") if alias.strip())
    return Unit(code, dimension, Decimal(factor) if factor else None, vi, en, km, typed)


UNITS = {
    unit.code: unit
    for unit in (
        _unit("KGM", "mass", "1", "kg|kg|គីឡូក្រាម", "kg, kgs, ký, kí, kilogam, kilôgam, kilogram, kilograms, kilo"),
        _unit("TNE", "mass", "1000", "tấn|tonne|តោន", "t, mt, tan, tấn, tonne, tonnes, ton, metric ton"),
        _unit("DTN", "mass", "100", "tạ|quintal|ហាប", "tạ, quintal"),
        _unit("XYE", "mass", "10", "yến|yến (10 kg)|១០ គីឡូក្រាម", "yến"),
        _unit("GRM", "mass", "0.001", "g|g|ក្រាម", "g, gr, gam, gram, grams"),
        _unit("LBR", "mass", "0.45359237", "pound|pound|ផោន", "lb, lbs, pound, pounds"),
        _unit("LTR", "volume", "1", "lít|litre|លីត្រ", "l, lít, lit, litre, litres, liter"),
        _unit("MLT", "volume", "0.001", "ml|ml|មីលីលីត្រ", "ml, mililit, millilitre"),
        _unit("MTQ", "volume", "1000", "m³|m³|ម៉ែត្រគូប", "m3, m³, khối, mét khối, cbm, cubic metre"),
        _unit("MTR", "length", "1", "m|m|ម៉ែត្រ", "m, mét, met, metre, metres, meter"),
        _unit("KMT", "length", "1000", "km|km|គីឡូម៉ែត្រ", "km, kilomet, kilômét"),
        _unit("MTK", "area", "1", "m²|m²|ម៉ែត្រការ៉េ", "m2, m², mét vuông, square metre"),
        _unit("KWH", "energy", "1", "kWh|kWh|គីឡូវ៉ាត់ម៉ោង", "kwh"),
        _unit(
            "PCE",
            "count",
            "1",
            "cái|piece|គ្រឿង",
            "cái, chiếc, con, quả, trái, viên, tấm, cây, quyển, cuốn, hạt, pce, pcs, pc, piece, pieces, nar",
        ),
        _unit("PR", "count", "2", "đôi|pair|គូ", "đôi, pr, prs, pair, pairs"),
        _unit("XTN", "count", "10", "chục|ten|ដប់", "chục"),
        _unit("DZN", "count", "12", "tá|dozen|ឡូ", "tá, doz, dozen"),
        _unit("SET", "package", None, "bộ|set|ឈុត", "bộ, sets"),
        _unit("UNIT", "package", None, "đơn vị|unit|ឯកតា", "đơn vị, units, unt"),
        _unit("BG", "package", None, "bao|bag|បាវ", "bao, bag, bags, túi, bì"),
        _unit("CT", "package", None, "thùng|carton|កេស", "thùng, carton, cartons, ctn, ctns"),
        _unit("BX", "package", None, "hộp|box|ប្រអប់", "hộp, box, boxes"),
        _unit("PK", "package", None, "gói|pack|កញ្ចប់", "gói, kiện, lốc, pack, packs, package, packages, pkg, pkgs"),
        _unit("BO", "package", None, "chai|bottle|ដប", "chai, bottle, bottles, bình"),
        _unit("RO", "package", None, "cuộn|roll|រមូរ", "cuộn, rol, roll, rolls"),
        _unit("JR", "package", None, "hũ|jar|ក្រឡ", "hũ, lọ, jar, jars"),
        _unit("CX", "package", None, "lon|can|កំប៉ុង", "lon, can, cans"),
        _unit("CS", "package", None, "két|case|ឡាំង", "két, case, cases"),
        _unit("PU", "package", None, "khay|tray|ថាស", "khay, vỉ, tray, trays"),
        _unit("BE", "package", None, "bó|bundle|បាច់", "bó, bundle, bundles"),
        _unit("BL", "package", None, "bành|bale|ដុំបេ", "bành, bale, bales"),
        _unit("PX", "package", None, "pa-lét|pallet|ប៉ាឡែត", "pa-lét, palet, pallet, pallets, pl"),
        _unit("CN", "package", None, "container|container|កុងតឺន័រ", "cont, container, containers, công-ten-nơ"),
    )
}
"""X.. codes are ours, for Vietnamese units without an international one. giạ is left out: regions differ."""

BASES: dict[Dimension, str] = {
    "mass": "KGM", "volume": "LTR", "length": "MTR", "area": "MTK", "energy": "KWH", "count": "PCE",
}  # fmt: skip


def _spellings() -> dict[str, str]:
    table: dict[str, str] = {}
    for unit in UNITS.values():
        for typed in (unit.code, unit.name_km, *unit.aliases):
            table[_exact(typed)] = unit.code
    clashes: set[str] = set()
    folded: dict[str, str] = {}
    for typed, code in table.items():
        bare = fold(typed)
        if folded.setdefault(bare, code) != code:
            clashes.add(bare)
    return {bare: code for bare, code in folded.items() if bare not in clashes} | table


def _exact(text: str) -> str:
    return " ".join(text.lower().replace(".", " ").split())


_SPELLED = _spellings()


def unit_code(text: str) -> str | None:
    """The code of a typed unit: "tấn", "Tan", "TNE", "m³"; None when unknown or when without its marks it is two."""
    typed = _exact(text)
    return _SPELLED.get(typed) or _SPELLED.get(fold(typed))


def factor(from_code: str, to_code: str) -> Decimal:
    """How many `to` are one `from`, exactly as a quotient of the two sizes."""
    source, target = _known(from_code), _known(to_code)
    if source.code == target.code:
        return Decimal(1)
    if source.dimension != target.dimension or source.factor is None or target.factor is None:
        raise NoConversion(f"{from_code} to {to_code}")
    return source.factor / target.factor


def convert(quantity: Decimal, from_code: str, to_code: str) -> Decimal:
    """The same quantity in another unit of its dimension."""
    source, target = _known(from_code), _known(to_code)
    if source.code == target.code:
        return quantity
    factor(from_code, to_code)
    assert source.factor is not None
    assert target.factor is not None
    return quantity * source.factor / target.factor


def _known(code: str) -> Unit:
    if code not in UNITS:
        raise UnknownUnit(code)
    return UNITS[code]
