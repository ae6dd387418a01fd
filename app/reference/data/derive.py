"""Rebuild the data files of this folder from their sources (docs/data-sources.md): `python derive.py SOURCES`.

SOURCES holds ahtn8_vi_12000.csv, harmonized-system.csv, countries_iso_vi_km.csv, ma_don_vi_hai_quan_vnaccs.csv,
ma_loai_hinh.csv, usd_vnd_khr_first_of_month_2024-2026.csv, gates.csv, products.csv and glossary.csv, flat.
Written by hand and not rebuilt: hs_names.csv, country_aliases.csv, gate_aliases.csv.
"""

import csv
import gzip
import io
import re
import sys
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
GOODS = {  # glossary term → the HS nodes it names
    "rice paper": "19059070", "shrimp salt": "21039029", "custard apple": "08109094", "natural rubber": "4001",
    "cassava": "071410", "cassava starch": "11081400", "cashew nut": "080131 080132", "sugar": "1701",
    "sugar cane": "121293",
    "rice (milled)": "100630", "vegetables": "07", "fruit": "08", "durian": "081060", "chilli": "070960",
    "salt": "2501",
    "animal feed": "2309", "fertiliser": "31", "cement": "2523", "steel": "72", "brick": "6904", "fabric": "52",
    "garment": "62", "tyre": "4011", "plastic products": "39", "furniture": "9403", "wood": "44", "paper": "48",
    "electric cable": "8544", "machinery": "84", "fish sauce": "21039012", "instant noodles": "190230",
    "drinking water": "2201",
}  # fmt: skip


def rows(path: Path) -> list[dict[str, str]]:
    """A source as dicts."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, header: str, lines: Iterable[Iterable[str]]) -> None:
    """A data file; `.gz` without a time stamp, so that the same data gives the same bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(lines)
    data = text.getvalue().encode()
    (HERE / name).write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)


def hs(sources: Path) -> Iterable[tuple[str, str, str, str]]:
    """code, dashes, vi, en. Repeated lines once; English is the HS text of 2, 4 and 6 digits.

    A 4- or 6-digit node with a single undivided line below it carries that line's Vietnamese text.
    """
    english = {
        row["hscode"]: row["description"].strip()
        for row in rows(sources / "harmonized-system.csv")
        if row["hscode"].isdigit()
    }
    lines: dict[str, tuple[int, str]] = {}
    for row in rows(sources / "ahtn8_vi_12000.csv"):
        dashes, text = re.fullmatch(r"\s*((?:-\s*)*)(.*?)[\s.]*", row["mo_ta_vi"], re.S).groups()  # type: ignore[union-attr]
        lines.setdefault(row["ahtn8"], (dashes.count("-"), " ".join(text.split())))
    nodes = {code[:size] for code in lines for size in (2, 4, 6)} | english.keys()
    vietnamese = {code[:6]: text for code, (_, text) in lines.items() if code.endswith("00")}
    vietnamese |= {code[:4]: text for code, (dashes, text) in lines.items() if code.endswith("0000") and not dashes}
    for code in sorted(nodes | lines.keys()):
        dashes, text = lines.get(code, (0, vietnamese.get(code, "")))
        yield code, str(dashes), text, english.get(code, "")


def terms(sources: Path) -> Iterable[tuple[str, str, str, str, str]]:
    """code, vi, en, km, weight: what traders call the goods of a code; a kind of goods weighs more than a product."""
    for row in rows(sources / "products.csv"):
        yield row["hs8"], row["name_vi"], row["name_en"], row["name_km"], "10"
    for row in rows(sources / "glossary.csv"):
        for code in GOODS.get(row["term_en"], "").split():
            yield code, row["vi"], row["term_en"], row["km"], "12"


def rates(sources: Path) -> Iterable[tuple[str, str, str, str]]:
    """base, quote, day, rate."""
    for row in rows(sources / "usd_vnd_khr_first_of_month_2024-2026.csv"):
        for column, value in row.items():
            if column != "date":
                base, quote = column.upper().split("_")
                yield base, quote, row["date"], value


def main(sources: Path) -> None:
    """Write every derived file."""
    write("hs.csv.gz", "code,dashes,vi,en", hs(sources))
    write("hs_terms.csv", "code,vi,en,km,weight", terms(sources))
    write("rates_monthly.csv", "base,quote,day,rate", rates(sources))
    countries = rows(sources / "countries_iso_vi_km.csv")
    columns = ("iso2", "iso3", "name_vi_cldr", "name_en_cldr", "name_km_cldr")
    named = sorted(tuple(row[column].replace("\u200b", "") for column in columns) for row in countries)
    write("countries.csv", "iso2,iso3,name_vi,name_en,name_km", named)
    for source, target in (("gates", "gates"), ("glossary", "glossary"), ("ma_loai_hinh", "procedures")):
        (HERE / f"{target}.csv").write_text((sources / f"{source}.csv").read_text("utf-8-sig"), "utf-8")
    offices = rows(sources / "ma_don_vi_hai_quan_vnaccs.csv")
    seen = {row["ma_hq"]: row["ten"] for row in reversed(offices)}
    write("customs_offices.csv", "code,name_vi", sorted(seen.items()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
