"""Whole pages kept for visitors: what everybody without a cookie sees is drawn and packed once."""

from collections.abc import Callable, Hashable
from typing import NamedTuple

from flask import Response, make_response, request

from app import assets
from app.accounts.who import caller
from app.marketplace.catalogue.kept import Kept

LONGEST_ADDRESS = 300
SHARED_COOKIES = {"currency"}  # every key holds the chosen currency
_pages = Kept(400)


class Page(NamedTuple):
    """A page as it goes over the wire."""

    body: bytes
    coding: str | None
    etag: str


def answer(key: Hashable, draw: Callable[[], str]) -> Response:
    """The page that `draw` gives; for visitors kept under `key`, which says all that the page depends on.

    The address is part of the page (search box, language links), so it is part of the key as well.
    """
    if not _is_anybody():
        return revalidated(draw())
    packing = "br" if request.accept_encodings["br"] else "gzip" if request.accept_encodings["gzip"] else ""
    page: Page = _pages.made((key, request.path, request.query_string, packing), lambda: _packed(draw()))
    response = Response(page.body, mimetype="text/html")
    if page.coding:
        response.headers["Content-Encoding"] = page.coding
    response.headers["ETag"] = page.etag
    return _to_be_asked_about(response)


def revalidated(page: str) -> Response:
    """A page that a visitor's browser may keep and ask about; what is signed in for is never kept."""
    response = make_response(page)
    if caller() is not None:
        response.vary.add("Cookie")
        return response
    response.add_etag(weak=True)
    return _to_be_asked_about(response)


def _is_anybody() -> bool:
    """Whether nothing on the page is for this visitor alone: no sign-in, no cart, no message waiting."""
    return request.cookies.keys() <= SHARED_COOKIES and len(request.query_string) <= LONGEST_ADDRESS


def _packed(page: str) -> Page:
    response = make_response(page)
    response.add_etag(weak=True)
    assets.compress(response)
    return Page(response.get_data(), response.headers.get("Content-Encoding"), response.headers["ETag"])


def _to_be_asked_about(response: Response) -> Response:
    response.headers["Vary"] = "Cookie, Accept-Encoding"
    response.headers["Cache-Control"] = "no-cache"
    if request.if_none_match:
        response.make_conditional(request)
    return response
