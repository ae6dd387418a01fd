"""How often something may be tried; counted in the database, so that no restart or cache forgets it.

The limits by address are wide, because a whole market town may share one. Sign-in is counted by e-mail and address
together, so that a stranger elsewhere cannot lock a person out.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from ipaddress import ip_address, ip_network
from math import ceil
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import Attempt
from app.db import now
from app.errors import TooMany


class Limit(NamedTuple):
    """So many times in so long."""

    times: int
    within: timedelta


LIMITS = {
    "sign-in": Limit(8, timedelta(minutes=15)),  # one e-mail from one place
    "sign-in-to": Limit(100, timedelta(hours=1)),  # one e-mail from anywhere
    "sign-in-from": Limit(40, timedelta(minutes=15)),  # one place, any e-mail
    "reset-to": Limit(4, timedelta(hours=1)),
    "reset-from": Limit(20, timedelta(hours=1)),
    "register-from": Limit(20, timedelta(hours=1)),
    "confirm-to": Limit(4, timedelta(hours=1)),
    "password": Limit(8, timedelta(minutes=15)),  # the present password, asked of somebody signed in
}


def count(session: Session, kinds: Mapping[str, str]) -> list[int]:
    """Count one attempt of each kind (kind → of what); raises `TooMany`. Returns what `forgive` takes back."""
    moment = now()
    attempts = []
    for kind, of_what in kinds.items():
        limit, key = LIMITS[kind], f"{kind}:{of_what}"
        recent = select(Attempt.at).where(Attempt.key == key, Attempt.at > moment - limit.within)
        times = list(session.scalars(recent.order_by(Attempt.at)))
        if len(times) >= limit.times:
            free_at = times[-limit.times] + limit.within
            raise TooMany(minutes=max(1, ceil((free_at - moment).total_seconds() / 60)))
        attempts.append(Attempt(key=key, at=moment))
    session.add_all(attempts)
    session.flush()
    return [attempt.id for attempt in attempts]


def forgive(session: Session, attempts: Iterable[int]) -> None:
    """Uncount attempts that succeeded."""
    session.execute(delete(Attempt).where(Attempt.id.in_(attempts)))


def sign_in_kinds(email: str, address: str) -> dict[str, str]:
    """What a sign-in counts as."""
    there = place(address)
    return {"sign-in": f"{email} from {there}", "sign-in-to": email, "sign-in-from": there}


def place(address: str) -> str:
    """An IPv4 address, or the /64 network of an IPv6 address, which one household has whole."""
    try:
        if ip_address(address).version == 6:
            return str(ip_network(f"{address}/64", strict=False))
    except ValueError:
        return "unknown"
    return address
