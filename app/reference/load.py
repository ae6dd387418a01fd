"""Bring the shipped reference data into the database: safe to run at every start, and quick when nothing changed."""

import csv
import gzip
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.reference.hs_index import rebuild_terms
from app.reference.models import (
    EDITION,
    Country,
    CustomsOffice,
    Gate,
    HsCode,
    ProcedureCode,
    Rate,
    ReferenceFile,
)

DATA = Path(__file__).parent / "data"
FX_SOURCE = "fawazahmed0/currency-api (CC0), first of month"
_GATE_KIND = re.compile(r"^Cửa khẩu (?:quốc tế|chính|phụ) | (?:International |Main )?(?:Border|Secondary) Gate$")
_GATE_KIND_KM = re.compile("^ច្រកទ្វារ(?:ព្រំដែនអន្តរជាតិ)?")
_EDITABLE = ("status", "opens", "closes", "hours_source", "hours_verified_on", "goods_until")
_Row = dict[str, Any]


def load_reference(session: Session) -> None:
    """Insert or update all reference data. What administrators change (gate status, hours, notices) is kept."""
    steps: tuple[tuple[str, Callable[[Session], None], tuple[str, ...]], ...] = (
        ("gates", _gates, ("gates.csv", "gate_aliases.csv")),
        ("offices", _offices, ("customs_offices.csv", "gates.csv")),
        ("countries", _countries, ("countries.csv", "country_aliases.csv")),
        ("procedures", _procedures, ("procedures.csv",)),
        ("hs", _hs, ("hs.csv.gz", "hs_names.csv", "hs_terms.csv")),
        ("rates", _rates, ("rates_monthly.csv",)),
    )
    loaded = {row.name: row for row in session.scalars(select(ReferenceFile))}
    for name, step, files in steps:
        digest = hashlib.sha256(b"".join((DATA / file).read_bytes() for file in files)).hexdigest()
        if name in loaded and loaded[name].sha256 == digest:
            continue
        step(session)
        session.merge(ReferenceFile(name=name, sha256=digest))
    session.flush()


def read(name: str) -> Iterator[dict[str, str]]:
    """The rows of a shipped data file."""
    data = (DATA / name).read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode()
    return csv.DictReader(io.StringIO(text))


def _put(
    session: Session, model: type[Any], key: tuple[str, ...], rows: Iterable[_Row], keep: Iterable[str] = ()
) -> None:
    """Insert the new rows and update the changed ones, columns in `keep` excepted."""
    table: Table = model.__table__
    new = {tuple(row[name] for name in key): row for row in rows}
    if not new:
        return
    names = list(next(iter(new.values())))
    stored = session.execute(select(*(table.c[name] for name in names)))
    old = {tuple(row[name] for name in key): dict(row) for row in stored.mappings()}
    settable = [name for name in names if name not in key and name not in set(keep)]
    fresh = [row for at, row in new.items() if at not in old]
    changed = [row for at, row in new.items() if at in old and any(row[n] != old[at][n] for n in settable)]
    if fresh:
        session.execute(insert(table), fresh)
    if changed:
        statement = update(table).where(*(table.c[name] == bindparam(f"at_{name}") for name in key))
        values = statement.values({name: bindparam(f"to_{name}") for name in settable})
        session.connection().execute(
            values, [{f"at_{n}": row[n] for n in key} | {f"to_{n}": row[n] for n in settable} for row in changed]
        )


def _gates(session: Session) -> None:
    aliases = {row["code"]: row["aliases"].split(";") for row in read("gate_aliases.csv")}
    rows = [_gate(row, aliases.get(row["gate_id"], [])) for row in read("gates.csv")]
    _put(session, Gate, ("code",), rows, keep=_EDITABLE)


def _gate(row: dict[str, str], extra: list[str]) -> _Row:
    short = _GATE_KIND.sub("", row["name_vi"])
    left = re.fullmatch(r"left_customs_area_(\S+)", row["status"])
    verified = re.findall(r"\d\d/\d\d/\d{4}", row["hours_source"])
    opposite = [row["counterpart_en"], *row["counterpart_aliases"].split(";"), row["counterpart_km"]]
    spellings = [f"{prefix} {short}" for prefix in ("CKQT", "CK", "CKC", "CKP", "Cửa khẩu")]
    spellings += [row["name_ascii"], row["declaration_label"], *extra, *(name for name in opposite if len(name) > 2)]
    return {
        "code": row["gate_id"],
        "slug": row["slug"],
        "type": row["type"],
        "name_vi": row["name_vi"],
        "name_en": row["name_en"],
        "name_km": row["name_km"] or None,
        "short_vi": short,
        "short_en": _GATE_KIND.sub("", row["name_en"]),
        "short_km": _GATE_KIND_KM.sub("", row["name_km"]) or None,
        "counterpart_en": row["counterpart_en"] or None,
        "counterpart_km": row["counterpart_km"] or None,
        "kh_province_en": row["kh_province_en"] or None,
        "kh_province_km": row["kh_province_km"] or None,
        "commune_vi": row["commune_vi_2025"] or None,
        "boundary_marker": row["boundary_marker"] or None,
        "lat": Decimal(row["lat"]) if row["lat"] else None,
        "lon": Decimal(row["lon"]) if row["lon"] else None,
        "opens": time.fromisoformat(row["open_local"]) if row["open_local"] else None,
        "closes": time.fromisoformat(row["close_local"]) if row["close_local"] else None,
        "hours_source": row["hours_source"].removesuffix(" (found)") if row["open_local"] else None,
        "hours_verified_on": datetime.strptime(verified[-1], "%d/%m/%Y").date() if verified else None,  # noqa: DTZ007
        "status": "limited" if left else "open",
        "goods_until": date.fromisoformat(left[1]) if left else None,
        "aliases": [name for name in dict.fromkeys(spellings) if name],
        "office_codes": [code for code in row["customs_office_codes"].split(";") if code],
        "priority": int(row["priority"]),
        "source": row["source"].replace(" (found)", ""),
        "created_by_import": False,
    }


def _offices(session: Session) -> None:
    gates = {code: gate.id for gate in session.scalars(select(Gate)) for code in gate.office_codes}
    _put(
        session,
        CustomsOffice,
        ("code",),
        [row | {"gate_id": gates.get(row["code"])} for row in read("customs_offices.csv")],
    )


def _countries(session: Session) -> None:
    aliases = {row["iso2"]: row["aliases"].split(";") for row in read("country_aliases.csv")}
    rows: list[_Row] = [
        {**row, "name_km": row["name_km"] or None, "aliases": aliases.get(row["iso2"], [])}
        for row in read("countries.csv")
    ]
    _put(session, Country, ("iso2",), rows)


def _procedures(session: Session) -> None:
    rows = [
        {name: row[name] for name in ("code", "name_vi", "direction", "source")}
        | {"in_trade": row["default_in_trade_statistics"]}
        for row in read("procedures.csv")
    ]
    _put(session, ProcedureCode, ("code",), rows)


def _hs(session: Session) -> None:
    names = {row["code"]: row for row in read("hs_names.csv")}
    rows: list[_Row] = []
    for row in read("hs.csv.gz"):
        code, ours = row["code"], names.get(row["code"], {})
        rows.append(
            {
                "code": code,
                "edition": EDITION,
                "parent": code[:-2] or None,
                "level": len(code),
                "dashes": int(row["dashes"]),
                "text_vi": ours.get("vi") or row["vi"] or None,
                "text_en": row["en"] or ours.get("en") or None,
                "text_km": ours.get("km") or None,
            }
        )
    _put(session, HsCode, ("code",), rows)
    rebuild_terms(session, rows, list(read("hs_terms.csv")))


def _rates(session: Session) -> None:
    rows = [
        {
            "base": row["base"],
            "quote": row["quote"],
            "kind": "monthly",
            "day": date.fromisoformat(row["day"]),
            "rate": Decimal(row["rate"]),
            "source": FX_SOURCE,
        }
        for row in read("rates_monthly.csv")
    ]
    _put(session, Rate, ("base", "quote", "kind", "day"), rows, keep=("rate", "source"))
