"""The demonstration products: facts from demo_products.csv, prices and stock worked out from them."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import now
from app.marketplace.catalogue.models import Category, Certificate, PriceStep, Product, ProductState
from app.marketplace.catalogue.pricing import Rates, newest
from app.marketplace.demo.descriptions import describe, kinds_of_goods
from app.marketplace.demo.shipped import pick, rows
from app.marketplace.firms.models import Firm
from app.marketplace.slugs import slug_of
from app.money import Money
from app.periods import today
from app.reference.models import Gate

EXPIRED = ("TN-045", "gi")  # one certificate that is out of date and therefore not shown to buyers
REASON = "Ảnh và tên chưa khớp: ghi rõ hũ 120 g hay 100 g, rồi gửi lại."
FEW = Decimal(1_000_000)  # VND: dearer things are not sold by the riel


def add_products(
    session: Session, firms: Mapping[str, Firm], categories: Mapping[str, Category]
) -> dict[str, Product]:
    """Add all of them, most published and some at each other step of a listing. Returns them by their number."""
    added = {}
    gates = {gate.slug: gate for gate in session.scalars(select(Gate))}
    rates, kinds = newest(session, today()), kinds_of_goods()
    for row in rows("demo_products.csv"):
        product = _product(row, firms[row["firm"]], categories[row["category"]])
        product.gates = [gates[slug] for slug in row["gates"].split()]
        product.prices = list(_prices(row, product, rates))
        product.certificates = list(_certificates(row))
        for field, text in describe(row, kinds).items():
            setattr(product, field, text)
        session.add(product)
        session.flush()  # one by one, so that the first row is the first product
        added[row["sku"]] = product
    return added


def _product(row: dict[str, str], firm: Firm, category: Category) -> Product:
    age = timedelta(days=pick(row["sku"] + "age", 300), hours=pick(row["sku"], 24))
    published = row["state"] == ProductState.PUBLISHED
    return Product(
        slug=slug_of(row["name_vi"]),
        firm=firm,
        category=category,
        name_vi=row["name_vi"],
        name_en=row["name_en"] or None,
        name_km=row["name_km"] or None,
        hs_code=row["hs_code"],
        origin=firm.country,
        unit=row["unit"],
        packaging=row["packaging"],
        moq=Decimal(row["moq"]),
        multiple=Decimal(row["multiple"]),
        on_hand=_stock(row),
        lead_days=int(row["lead_days"]),
        drawing=row["drawing"],
        state=row["state"],
        state_reason=REASON if row["state"] == ProductState.REJECTED else "",
        demo=True,
        created=now() - age - timedelta(days=3),
        published_at=now() - age if published else None,
        submitted_at=None if row["state"] == ProductState.DRAFT else now() - (age if published else age / 300),
    )


def _stock(row: dict[str, str]) -> Decimal:
    if row["stock"]:
        return Decimal(row["stock"])
    return Decimal(row["moq"]) * (12 + pick(row["sku"] + "stock", 60))


def _prices(row: dict[str, str], product: Product, rates: Rates) -> Iterator[PriceStep]:
    """A ladder in VND, and the same in USD and KHR as the firm would write it down; Cambodian firms quote no VND."""
    base = _within(row)
    steps = [(1, Decimal(1)), (5, Decimal("0.96")), (20, Decimal("0.92"))]
    steps = steps[: 2 + pick(row["sku"] + "steps", 2)]
    currencies = ["USD", "VND", "KHR"] if product.firm.country == "VN" else ["USD", "KHR"]
    if base > FEW:
        currencies.remove("KHR")
    for currency in currencies:
        last = None
        for times, share in steps:
            amount = _written(base * share, currency, rates)
            if amount and amount != last:
                yield PriceStep(currency=currency, min_quantity=product.moq * times, amount=amount)
                last = amount


def _within(row: dict[str, str]) -> Decimal:
    """A price in VND inside the range of this kind of goods, in round figures."""
    low, high = Decimal(row["price_min"]), Decimal(row["price_max"])
    return _round(low + (high - low) * (30 + pick(row["sku"] + "price", 50)) / 100)


def _written(vnd: Decimal, currency: str, rates: Rates) -> Decimal | None:
    if currency == "VND":
        return _round(vnd)
    found = rates.convert(Money(_round(vnd), "VND"), currency)
    if found is None:
        return None
    if currency == "KHR":
        return _round(found.money.amount)
    return found.money.amount if found.money.amount >= Decimal("0.20") else None  # cents are too coarse below


def _round(amount: Decimal) -> Decimal:
    """To two figures and a half: 28 437 → 28 500, 1 862 → 1 850."""
    step = Decimal(10) ** (amount.adjusted() - 2) * 5
    return max((amount / step).to_integral_value() * step, Decimal(50)).quantize(Decimal(1))


def _certificates(row: dict[str, str]) -> Iterator[Certificate]:
    for kind in row["certificates"].split():
        expired = (row["sku"], kind) == EXPIRED
        days = -40 if expired else 120 + pick(row["sku"] + kind, 900)
        yield Certificate(
            kind=kind,
            stars=int(row["stars"]) if kind == "ocop" and row["stars"] else None,
            number=f"DEMO-{row['sku']}",
            issuer="Cơ quan cấp mẫu (demo)",
            valid_until=today() + timedelta(days=days),
        )
