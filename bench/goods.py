"""A generated catalogue: the demonstration goods again and again, by 400 firms, each of another grade."""

import csv
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import app.registry
from app.db import now
from app.marketplace.catalogue import terms
from app.marketplace.catalogue.categories import load_categories
from app.marketplace.catalogue.models import Certificate, PriceStep, Product, ProductGate
from app.marketplace.firms.models import Firm
from app.reference.models import Gate

assert app.registry

ROWS = Path(terms.__file__).parents[1] / "data" / "demo_products.csv"
PLACES = ("Núi Bà", "Gò Dầu", "Trảng Bàng", "Bến Cầu", "Tân Biên", "Tân Châu", "Hòa Thành", "Dương Minh Châu")
GRADES = ("loại 1", "loại 2", "xuất khẩu", "hữu cơ", "đóng gói mới", "vụ mùa", "đặc biệt", "tiêu chuẩn")
KINDS = ("vietgap", "haccp", "iso22000", "halal", "attp")


def fill(session: Session, count: int, firms: int = 400) -> None:
    """Add `count` published products with prices in two or three currencies, gates, certificates and search terms."""
    with ROWS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    shelves = load_categories(session)
    gates = {gate.slug: gate.id for gate in session.scalars(select(Gate))}
    session.execute(insert(Firm), [_firm(number) for number in range(1, firms + 1)])
    session.execute(insert(Product), [_product(n, rows[n % len(rows)], shelves, firms) for n in range(1, count + 1)])
    session.execute(insert(PriceStep), [step for n in range(1, count + 1) for step in _steps(n, rows[n % len(rows)])])
    session.execute(insert(ProductGate), [row for n in range(1, count + 1) for row in _gates(n, gates)])
    session.execute(insert(Certificate), [row for n in range(1, count + 1, 2) for row in _certificates(n)])
    terms.rebuild(session)


def _firm(number: int) -> dict:
    place = PLACES[number % len(PLACES)]
    return {
        "id": number,
        "slug": f"firm-{number}",
        "name_vi": f"Công ty {place} {number}",
        "name_en": f"Company {number}",
        "name_km": None,
        "country": "VN",
        "tax_code": f"39{number:08}",
        "address": f"{place}, Tây Ninh",
        "state": "verified",
    }


def _product(number: int, row: dict[str, str], shelves: dict, firms: int) -> dict:
    grade = GRADES[(number // 7) % len(GRADES)]
    return {
        "id": number,
        "slug": f"product-{number}",
        "firm_id": number % firms + 1,
        "category_id": shelves[row["category"]].id,
        "name_vi": f"{row['name_vi']} {grade} {number}",
        "name_en": f"{row['name_en']} {number}" if row["name_en"] else None,
        "name_km": f"{row['name_km']} {number}" if row["name_km"] else None,
        "hs_code": row["hs_code"],
        "unit": row["unit"],
        "moq": Decimal(row["moq"]),
        "multiple": Decimal(row["multiple"]),
        "on_hand": Decimal(row["moq"]) * 50,
        "drawing": row["drawing"],
        "state": "published",
        "published_at": now() - timedelta(minutes=number),
    }


def _steps(number: int, row: dict[str, str]) -> list[dict]:
    low, moq = Decimal(row["price_min"]), Decimal(row["moq"])
    ladder = [(moq, low + number % 17 * 100), (moq * 5, low)]
    steps = [{"currency": "VND", "min_quantity": quantity, "amount": amount} for quantity, amount in ladder]
    if number % 3 == 0:
        steps += [{**step, "currency": "USD", "amount": round(step["amount"] / 26000, 2) or 1} for step in steps]
    return [step | {"product_id": number} for step in steps]


def _gates(number: int, gates: dict[str, int]) -> list[dict]:
    wanted = ("moc-bai", "xa-mat") if number % 3 == 0 else ("moc-bai",) if number % 3 == 1 else ("xa-mat",)
    return [{"product_id": number, "gate_id": gates[slug]} for slug in wanted]


def _certificates(number: int) -> list[dict]:
    return [
        {"product_id": number, "kind": KINDS[number % len(KINDS)], "stars": None},
        *([{"product_id": number, "kind": "ocop", "stars": 3 + number % 3}] if number % 5 == 0 else []),
    ]
