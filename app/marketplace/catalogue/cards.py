"""What a card shows of each product, read in three queries however many there are."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.marketplace.catalogue.models import Photo, PriceStep, Product, step_price
from app.marketplace.catalogue.shelf import Named, Shelf, on_sale
from app.marketplace.firms.models import Firm
from app.money import Money
from app.reference.models import Gate


@dataclass(frozen=True, slots=True)
class Card:
    """The facts of one product that buyers see on a list; `certificates` are the codes of those in force."""

    id: int
    slug: str
    name_vi: str
    name_en: str | None
    name_km: str | None
    unit: str
    moq: Decimal
    drawing: str
    firm: Named
    prices: list[Any]
    photos: list[Any]
    certificates: list[str]
    gates: list[Gate]

    def price(self, quantity: Decimal, currency: str) -> Money | None:
        """As `Product.price`."""
        return step_price(self.prices, quantity, currency)


def read(session: Session, shelf: Shelf, ids: Iterable[int]) -> list[Card]:
    """The cards of products that are on the shelf, in this order."""
    wanted = [id_ for id_ in ids if id_ in shelf.place]
    own = select(
        Product.id, Product.slug, Product.name_vi, Product.name_en, Product.name_km, Product.unit, Product.moq,
        Product.drawing, Firm.slug.label("firm"), Firm.name_vi.label("firm_vi"), Firm.name_en.label("firm_en"),
        Firm.name_km.label("firm_km"),
    )  # fmt: skip
    products = session.connection().execute(own.join(Firm).where(Product.id.in_(wanted), on_sale()))
    prices = _by_product(session, PriceStep, PriceStep.currency, PriceStep.min_quantity, PriceStep.amount, ids=wanted)
    photos = _by_product(session, Photo, Photo.sha256, Photo.width, Photo.height, Photo.alt, ids=wanted)
    cards: dict[int, Card] = {}
    for row in products:
        place = shelf.place[row.id]
        cards[row.id] = Card(
            id=row.id,
            slug=row.slug,
            name_vi=row.name_vi,
            name_en=row.name_en,
            name_km=row.name_km,
            unit=row.unit,
            moq=row.moq,
            drawing=row.drawing,
            firm=Named(row.firm, row.firm_vi, row.firm_en, row.firm_km),
            prices=prices[row.id],
            photos=photos[row.id],
            certificates=_most_telling(shelf.values_at("certificate", place)),
            gates=[shelf.gates[slug] for slug in shelf.values_at("gate", place)],
        )
    return [cards[id_] for id_ in wanted if id_ in cards]


def _most_telling(codes: list[str]) -> list[str]:
    """Without the bare kind where its stars are known."""
    starred = {code.partition("-")[0] for code in codes if "-" in code}
    return [code for code in codes if code not in starred]


def _by_product(session: Session, table: Any, *columns: Any, ids: list[int]) -> dict[int, list[Any]]:
    order = table.position if table is Photo else table.min_quantity
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.connection().execute(
        select(table.product_id, *columns).where(table.product_id.in_(ids)).order_by(order)
    ):
        found[row.product_id].append(row)
    return found
