"""The smallest valid thing of each kind; a test names only what it is about."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person, PersonRole
from app.db import now
from app.marketplace.catalogue import terms
from app.marketplace.catalogue.models import Category, PriceStep, Product
from app.marketplace.firms.models import Firm
from app.reference.models import Gate

numbers = count(1)


class Make:
    """Builds, adds and commits."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def keep(self, thing):
        self.session.add(thing)
        self.session.commit()
        return thing

    def person(self, *roles: str, **values) -> Person:
        number = next(numbers)
        given = {
            "email": f"person{number}@test.example",
            "name": f"Person {number}",
            "password_hash": "!",
        } | values
        return self.keep(Person(**given, roles=[PersonRole(role=role) for role in roles or ("buyer",)]))

    def category(self, **values) -> Category:
        number = next(numbers)
        given = {"slug": f"shelf-{number}", "name_vi": "Hàng", "name_en": "Goods", "name_km": "ទំនិញ"}
        return self.keep(Category(**given | values))

    def firm(self, **values) -> Firm:
        """A verified Vietnamese firm."""
        number = next(numbers)
        given = {
            "slug": f"firm-{number}",
            "name_vi": f"Doanh nghiệp {number}",
            "country": "VN",
            "tax_code": f"{number:010}",
            "address": "Tây Ninh",
            "state": "verified",
        }
        return self.keep(Firm(**given | values))

    def product(
        self,
        prices: Iterable[tuple[str, str, str]] = (("VND", "1", "25000"),),
        gates: Iterable[str] = ("moc-bai",),
        **values,
    ) -> Product:
        """A published product of a verified firm with 100 in stock; prices are (currency, from quantity, amount)."""
        number = next(numbers)
        given = {
            "slug": f"product-{number}",
            "name_vi": f"Sản phẩm {number}",
            "hs_code": "19059070",
            "unit": "PK",
            "on_hand": Decimal(100),
            "state": "published",
            "published_at": now(),
        } | values
        if not given.keys() & {"firm", "firm_id"}:
            given["firm"] = self.firm()
        if not given.keys() & {"category", "category_id"}:
            given["category"] = self.category()
        steps = [PriceStep(currency=c, min_quantity=Decimal(q), amount=Decimal(a)) for c, q, a in prices]
        handed_over = list(self.session.scalars(select(Gate).where(Gate.slug.in_(list(gates)))))
        product = self.keep(Product(**given, prices=steps, gates=handed_over))
        terms.rewrite(self.session, product)
        self.session.commit()
        return product
