"""One of everything that an address can name, and one person of every kind who may ask for it."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import count

from sqlalchemy.orm import Session

from app.accounts import api_tokens, registering, resetting, signing_in, tokens
from app.accounts.models import ApiToken, EmailProof, Person
from app.accounts.who import Caller
from app.db import now
from app.jobs import Outbox
from app.marketplace.catalogue.models import Photo
from app.marketplace.firms.models import Invitation
from app.marketplace.orders import place
from app.marketplace.orders.models import Cart, CartLine
from app.marketplace.orders.place import Item, Placing
from app.signin_state import caller_of
from app.trade.models import Import, TradeSource
from tests.factories import Make

ROLES = ("visitor", "stranger", "buyer", "staff", "owner", "rival", "economist", "moderator", "admin")
numbers = count(1)


@dataclass
class World:
    """The people by role, with the cookie and the bearer token of each, and the words for the places of addresses."""

    cookies: dict[str, str]
    bearers: dict[str, str]
    places: dict[str, str]


class Flushing(Make):
    """Factories that leave the commit to the end."""

    def keep(self, thing):
        self.session.add(thing)
        self.session.flush()
        return thing


def build(session: Session) -> World:
    """A world of its own: nothing in it is shared with another, but the reference data."""
    make, number = Flushing(session), next(numbers)
    firm, other = make.firm(), make.firm()
    people = {
        "stranger": make.person("buyer"),
        "buyer": make.person("buyer"),
        "staff": make.member(firm, "staff"),
        "owner": make.member(firm),
        "rival": make.member(other),
        "economist": make.person("economist"),
        "moderator": make.person("moderator"),
        "admin": make.person("admin"),
    }
    product = make.product(firm=firm, prices=(("VND", "1", "25000"), ("USD", "1", "1")))
    draft = make.product(firm=firm, state="draft", published_at=None)
    pending = make.product(firm=firm, state="pending", published_at=None)
    waiting_firm = make.firm(state="pending")
    photo = make.keep(Photo(product_id=draft.id, sha256=f"{number:064}", width=10, height=10))
    leaving = make.member(firm, "staff")
    places = {
        "firm": firm.slug,
        "firm_id": waiting_firm.id,
        "product": product.slug,
        "product_id": product.id,
        "draft_id": draft.id,
        "pending_id": pending.id,
        "photo_id": photo.id,
        "invitation_id": make.keep(Invitation(firm_id=firm.id, person_id=people["stranger"].id)).id,
        "staff_id": leaving.id,
        "person_id": people["stranger"].id,
        "token_id": _token(session, people["buyer"]).id,
        "deed_id": make.keep(
            Outbox(kind="send_mail", payload={"mail_id": 0}, attempts=5, failed_at=now(), error="x")
        ).id,
        "confirm": _proof(session, people["stranger"]),
        "reset": resetting.link_token(session, people["stranger"]),
        **_orders(session, make, people["buyer"], product, number),
        **_imports(make, number),
    }
    cookies = {role: signing_in.open_session(session, person) for role, person in people.items()}
    bearers = {role: api_tokens.create(session, None, person) for role, person in people.items()}
    session.commit()
    return World(cookies, bearers, {name: str(value) for name, value in places.items()})


def _token(session: Session, person: Person) -> ApiToken:
    api_tokens.create(session, None, person, "mine")
    session.flush()
    return api_tokens.of(session, person.id)[0]


def _proof(session: Session, person: Person) -> str:
    token = tokens.new()
    session.add(
        EmailProof(token_hash=tokens.hashed(token), person_id=person.id, expires=now() + registering.PROOF_GOOD_FOR)
    )
    return token


def _orders(session: Session, make: Make, buyer: Person, product, number: int) -> dict[str, object]:
    who = caller_of(session, buyer.id)
    assert isinstance(who, Caller)
    wanted = Placing("USD", (Item(product.id, "moc-bai", Decimal(1)),))
    group = place.place(session, who, f"route-{number}", wanted)
    cart = make.keep(Cart(person_id=buyer.id))
    gate = product.gates[0]
    line = make.keep(CartLine(cart_id=cart.id, product_id=product.id, gate_id=gate.id, quantity=Decimal(1)))
    return {"order": group.orders[0].number, "group_id": group.id, "line_id": line.id}


def _imports(make: Make, number: int) -> dict[str, object]:
    source = make.keep(TradeSource(code=f"route-{number}", name="Source"))
    facts = {"source_id": source.id, "dataset": "declarations", "filename": "f.csv", "size": 1}
    states = ("ready", "mapping_needed", "failed", "published", "reading")
    made = {
        f"{state}_import": make.keep(Import(**facts, sha256=f"{number}{state}", state=state)).id for state in states
    }
    return {"source": source.code} | made
