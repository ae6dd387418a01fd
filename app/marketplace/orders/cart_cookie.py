"""Whose cart this request is about: the signed-in person's, else the one a cookie knows."""

import secrets

from flask import current_app, request
from werkzeug.wrappers import Response

from app.accounts.who import caller
from app.marketplace.orders.cart import KEPT_FOR, Owner


def cookie_name() -> str:
    """`__Host-cart` where the browser can insist on TLS, else `cart`."""
    return "__Host-cart" if _is_secure() else "cart"


def owner() -> Owner:
    """Whose cart; a visitor without the cookie has none."""
    if who := caller():
        return Owner(who.id)
    return Owner(token=request.cookies.get(cookie_name(), ""))


def owner_or_new() -> Owner:
    """The same, with a new token for a visitor who has none: give it to the browser with `remember`."""
    known = owner()
    return known if known.exists else Owner(token=secrets.token_urlsafe(24))


def remember(response: Response, known: Owner) -> Response:
    """Let the browser keep a visitor's token, and nobody else the page."""
    if known.token:
        response.set_cookie(
            cookie_name(), known.token, max_age=int(KEPT_FOR.total_seconds()), path="/", secure=_is_secure(),
            httponly=True, samesite="Lax",
        )  # fmt: skip
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _is_secure() -> bool:
    return bool(current_app.config["PUBLIC_URL"].startswith("https"))
