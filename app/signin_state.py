"""Who is signed in on this request: by cookie on pages, by bearer token in the API, never the other way round."""

from datetime import timedelta
from typing import Any

from flask import Flask, Response, current_app, g, request
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from app.accounts.models import ApiToken, Membership, Person, SignIn
from app.accounts.signing_in import IDLE, LIFETIME
from app.accounts.tokens import hashed
from app.accounts.who import Caller, caller
from app.db import Session, now, reading
from app.money import CURRENCIES

SEEN_EVERY = timedelta(minutes=5)


def cookie_name(secure: bool) -> str:
    """`__Host-sid` where the browser can insist on TLS, else `sid`."""
    return "__Host-sid" if secure else "sid"


def session_token() -> str:
    """The token of this browser's session, or an empty text."""
    return request.cookies.get(cookie_name(_is_secure()), "")


def remember(response: Any, token: str) -> None:
    """Give the browser the token of its session; an empty one takes it away."""
    response.set_cookie(
        cookie_name(_is_secure()),
        token,
        max_age=int(LIFETIME.total_seconds()) if token else 0,
        path="/",
        secure=_is_secure(),
        httponly=True,
        samesite="Lax",
    )


def _is_secure() -> bool:
    return bool(current_app.config["PUBLIC_URL"].startswith("https"))


def init_app(app: Flask) -> None:
    """Fill `g.caller` before each request, and the template globals that depend on it."""
    secure = app.config["PUBLIC_URL"].startswith("https")
    app.config["SESSION_COOKIE_NAME"] = "flash"  # Flask's own signed cookie carries one-time messages only
    app.config.update(SESSION_COOKIE_SECURE=secure, SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax")

    @app.before_request
    def find_caller() -> None:
        g.caller = None
        if request.path.startswith(("/static/", "/healthz", "/media/")):
            return
        if request.path.startswith("/api/"):
            given = request.authorization
            if given is not None and given.type == "bearer" and given.token:
                g.caller = by_api_token(given.token, request.remote_addr or "")
        elif token := request.cookies.get(cookie_name(secure), ""):
            g.caller = by_cookie(token, request.remote_addr or "")

    @app.context_processor
    def caller_words() -> dict[str, Any]:
        return {"caller": caller(), "currency": chosen_currency(), "demo": app.config["DEMO"]}

    @app.after_request
    def keep_private(response: Response) -> Response:
        said = response.cache_control.keys() & {"public", "private", "no-store"}
        if caller() is not None and not said:  # "no-cache" alone lets others keep it and only makes them ask
            response.headers["Cache-Control"] = "private, no-store"
        return response


def chosen_currency() -> str:
    """The currency of this browser, else of the signed-in person, else đồng."""
    who = caller()
    chosen = request.cookies.get("currency") or (who.currency if who else "")
    return chosen if chosen in CURRENCIES else "VND"


def by_cookie(token: str, address: str) -> Caller | None:
    """The person of a live session, whose last-seen time moves at most every five minutes."""
    with reading() as session:
        row = session.get(SignIn, hashed(token))
        if row is None or row.expires < now() or row.seen < now() - IDLE:
            return None
        stale = row.seen < now() - SEEN_EVERY
        found = caller_of(session, row.person_id, address)
    if found and stale:
        with Session.begin() as session:
            if live := session.get(SignIn, hashed(token)):
                live.seen = now()
    return found


def by_api_token(token: str, address: str) -> Caller | None:
    """The person of a bearer token that was not revoked; when it was used moves at most every five minutes."""
    live = select(ApiToken).where(ApiToken.token_hash == hashed(token), ApiToken.revoked_at.is_(None))
    with reading() as session:
        row = session.scalar(live)
        found = caller_of(session, row.person_id, address) if row else None
        stale = row is not None and (row.last_used is None or row.last_used < now() - SEEN_EVERY)
    if found and stale:
        with Session.begin() as session:
            if used := session.scalar(live):
                used.last_used = now()
    return found


def caller_of(session: OrmSession, person_id: int, address: str = "") -> Caller | None:
    """The plain facts of a person who is not disabled, with roles and firm."""
    person = session.get(Person, person_id)
    if person is None or person.disabled_at is not None:
        return None
    member = session.get(Membership, person_id)
    return Caller(
        id=person.id,
        email=person.email,
        name=person.name,
        language=person.language,
        currency=person.currency,
        roles=frozenset(role.role for role in person.roles),
        firm_id=member.firm_id if member else None,
        firm_role=member.role if member else None,
        address=address,
    )
