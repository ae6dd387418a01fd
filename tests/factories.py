"""The smallest valid thing of each kind; a test names only what it is about."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Membership, Person, PersonRole
from app.db import now
from app.marketplace.catalogue import terms
from app.marketplace.catalogue.models import Category, PriceStep, Product
from app.marketplace.firms.models import Firm
from app.reference.models import Gate
from app.trade.models import CrossingRollup, FlowRollup, Import, LakeFile, RollupVersion, TradeSource

numbers = count(1)


def flow_row(month: str, value_usd: str | None, **values) -> FlowRollup:
    """A rollup row as `Make.flow` describes it."""
    given = {
        "dataset": "declarations",
        "basis": "gate",
        "gate": "moc-bai",
        "month": date.fromisoformat(f"{month}-01"),
        "direction": "export",
        "grain": "all",
        "value_usd": None if value_usd is None else Decimal(value_usd),
        "value_vnd": None if value_usd is None else Decimal(value_usd) * 26000,
        "net_kg": Decimal(1000),
        "weighed": 10,
        "lines": 10,
        "declarations": 5,
        "firms": 4,
    }
    return FlowRollup(**given | values)


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

    # --- trade: published figures as the roll-up writes them ---

    def source(self, **values) -> TradeSource:
        number = next(numbers)
        return self.keep(TradeSource(**{"code": f"source-{number}", "name": f"Source {number}"} | values))

    def flow(self, month: str, value_usd: str | None = "100", **values) -> FlowRollup:
        """One rollup row: declared exports of all goods through Mộc Bài in a month like "2025-01"."""
        return self.keep(flow_row(month, value_usd, **values))

    def flows(self, month: str, hs4: str, value_usd: str, partner: str = "KH", **values) -> None:
        """Goods under one heading of one partner, at every grain the roll-up keeps."""
        self.flows_of([(month, hs4, value_usd)], partner=partner, **values)

    def flows_of(self, goods: Iterable[tuple[str, str, str]], partner: str = "KH", **values) -> None:
        """The same for many (month, heading, value), committed at once. No gate-month may come twice."""
        for month, hs4, value_usd in goods:
            chapter = {"hs": hs4[:2]}
            grains = (("all", {}), ("hs2", chapter), ("hs4", {"hs": hs4}), ("partner", {}), ("hs2_partner", chapter))
            for grain, under in grains:
                named = {"partner": partner} if "partner" in grain else {}
                self.session.add(flow_row(month, value_usd, grain=grain, **under, **named, **values))
        self.session.commit()

    def crossing(self, month: str, count: int, measure: str = "truck", **values) -> CrossingRollup:
        """Counted out of the country through Mộc Bài, unless said otherwise."""
        given = {
            "gate": "moc-bai",
            "month": date.fromisoformat(f"{month}-01"),
            "direction": "out",
            "measure": measure,
            "count": count,
        } | values
        if "source_id" not in given:
            given["source_id"] = self.source().id
        return self.keep(CrossingRollup(**given))

    def delivered(self, source: TradeSource, *months: str, **values) -> Import:
        """A published import with a lake file for each month of a gate."""
        number = next(numbers)
        facts = {"dataset": "declarations", "gate": "moc-bai", "rows": 10, "accepted_at": now()} | values
        told = {name: facts.pop(name) for name in ("bad", "good", "warned") if name in facts}
        brought = self.keep(
            Import(
                source_id=source.id, dataset=facts["dataset"], filename=f"file-{number}.csv", sha256=f"{number:064}",
                size=1, state="published", demo=source.demo, published_at=now(), **told,
            )
        )  # fmt: skip
        for month in months:
            day = date.fromisoformat(f"{month}-01")
            self.keep(LakeFile(import_id=brought.id, source_id=source.id, month=day, path=month, bytes=1, **facts))
        return brought

    def published(self, dataset: str, version: int) -> RollupVersion:
        """What the figures of a dataset are tagged with."""
        found = self.session.get(RollupVersion, dataset) or RollupVersion(dataset=dataset)
        found.version = version
        return self.keep(found)

    def member(self, firm: Firm | None = None, role: str = "owner", **values) -> Person:
        """A person who acts for a firm: its owner, or `role="staff"`."""
        person = self.person("buyer", "seller", **values)
        self.keep(Membership(person_id=person.id, firm_id=(firm or self.firm()).id, role=role))
        return person

    def port(self, slug: str, name: str) -> Gate:
        """A foreign gate that came with a file."""
        named = {"name_vi": name, "name_en": name, "short_vi": name, "short_en": name}
        return self.keep(Gate(code=slug, slug=slug, type="foreign", created_by_import=True, **named))
