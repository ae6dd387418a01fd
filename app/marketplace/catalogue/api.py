"""Products for programs: search with facets and pages, and one product."""

from decimal import Decimal
from typing import Any

from flask import Response, current_app, g, jsonify, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.api import blueprint
from app.db import reading
from app.errors import NotFound
from app.i18n import language, localized
from app.marketplace.catalogue import shop as shops
from app.marketplace.catalogue import showing
from app.marketplace.catalogue.facets import FACETS, Question
from app.marketplace.catalogue.models import Product
from app.marketplace.catalogue.photos import WIDTHS
from app.marketplace.catalogue.product_schemas import InLanguage, ProductOut, ProductsIn, ProductsOut
from app.marketplace.catalogue.shelf import on_sale
from app.marketplace.catalogue.shop import Shop
from app.marketplace.firms.models import Firm

bp = blueprint("Products", __name__)


class NoSuchProduct(NotFound):
    """Never published, withdrawn, or its firm is not verified."""

    message = _l("There is no product %(product)s on sale.")


@bp.get("/products")
@bp.arguments(ProductsIn, location="query")
@bp.response(200, ProductsOut)
@bp.alt_response(304, success=True, description="Nothing changed since the ETag in If-None-Match")
def list_products(asked: dict[str, Any]) -> Response:
    """Find products by words in three languages, by firm or by HS code, narrowed by facets"""
    _speak(asked)
    chosen = {name: tuple(asked[name]) for name in FACETS if asked[name]}
    question = Question(" ".join(asked["q"].split()), chosen, asked["sort"], asked["page"])
    with reading() as session:
        shop = shops.enter(session)
        listing = shops.browse(session, shop, question, asked["currency"], asked["per_page"])
        found = shops.products(session, listing.ids) if listing.page == question.page else []
        return _answer(
            ProductsOut().dump(
                {
                    "items": [_facts(product, shop, asked["currency"]) for product in found],
                    "total": listing.total,
                    "page": question.page,
                    "pages": listing.pages,
                    "facets": listing.facets,
                }
            )
        )


@bp.get("/products/<int:product_id>")
@bp.arguments(InLanguage, location="query")
@bp.response(200, ProductOut)
@bp.alt_response(304, success=True, description="Nothing changed since the ETag in If-None-Match")
@bp.alt_response(404, description="There is no such product on sale (NoSuchProduct)")
def get_product(asked: dict[str, Any], product_id: int) -> Response:
    """One product on sale"""
    _speak(asked)
    with reading() as session:
        product = session.scalar(select(Product).join(Firm).where(Product.id == product_id, on_sale()))
        if product is None:
            raise NoSuchProduct(product=product_id)
        return _answer(ProductOut().dump(_facts(product, shops.enter(session), asked["currency"])))


def _speak(asked: dict[str, Any]) -> None:
    """In the language asked for, if any."""
    g.lang = asked.get("lang") or language()


def _answer(body: dict[str, Any]) -> Response:
    answer = jsonify(body)
    answer.vary.add("Accept-Language")
    answer.headers["Content-Language"] = language()
    answer.add_etag(weak=True)
    answer.make_conditional(request)
    return answer


def _facts(product: Product, shop: Shop, currency: str) -> dict[str, Any]:
    """A product in the reader's language, as the schema wants it."""
    price = showing.price_of(product, Decimal(product.moq), currency, shop.rates)
    base = current_app.config["PUBLIC_URL"].rstrip("/")
    own = {name: getattr(product, name) for name in _OWN}
    return own | {
        "url": f"{base}/{language()}/products/{product.slug}",
        "name": localized(product, "name"),
        "names": {"vi": product.name_vi, "km": product.name_km, "en": product.name_en},
        "description": localized(product, "description"),
        "category": _named(product.category),
        "firm": _named(product.firm) | {"country": product.firm.country, "verified": product.firm.is_verified},
        "unit_name": showing.unit_name(product.unit),
        "price": price
        and {
            "currency": price.money.currency,
            "amount": str(price.money.amount),
            "converted": price.converted,
            "rate_ids": price.rate_ids,
        },
        "gates": [
            {"slug": gate.slug, "name": localized(gate, "name")}
            for gate in product.gates
            if gate.takes_goods(shop.day)
        ],
        "certificates": showing.valid_certificates(product),
        "pictures": [
            {
                "url": f"{base}/media/photos/{photo.sha256}-{WIDTHS[-1]}.webp",
                "width": photo.width,
                "height": photo.height,
            }
            for photo in product.photos
        ],
    }


_OWN = (
    "id", "slug", "hs_code", "origin", "unit", "packaging", "moq", "multiple", "available", "lead_days", "prices",
)  # fmt: skip


def _named(thing: Any) -> dict[str, Any]:
    return {"slug": thing.slug, "name": localized(thing, "name")}
