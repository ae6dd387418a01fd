"""Who is asking: the caller of this request and what that caller may do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import g, has_request_context

from app.accounts.models import Role
from app.errors import Forbidden, SignInNeeded

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Caller:
    """The signed-in person as plain facts; safe to keep after the transaction that read them.

    `firm_id` and `firm_role` ('owner' or 'staff') are set for members of a firm.
    """

    id: int
    email: str
    name: str
    language: str = "vi"
    currency: str = "VND"
    roles: frozenset[str] = field(default_factory=frozenset)
    firm_id: int | None = None
    firm_role: str | None = None
    address: str = ""

    def has(self, *roles: str) -> bool:
        return bool(self.roles.intersection(roles))


def caller() -> Caller | None:
    """The signed-in person of this request, or None for a visitor."""
    return g.get("caller") if has_request_context() else None


def signed_in() -> Caller:
    """The signed-in person; raises `SignInNeeded` for a visitor."""
    if (who := caller()) is None:
        raise SignInNeeded()
    return who


def firm_member() -> Caller:
    """The signed-in person, who must be a member of a firm."""
    who = signed_in()
    if who.firm_id is None:
        raise Forbidden()
    return who


def require(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Guard a view: visitors must sign in, others need one of `roles` (none named: any signed-in person)."""

    def guard(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            who = signed_in()
            if roles and not who.has(*roles):
                raise Forbidden()
            return view(*args, **kwargs)

        guarded.required_roles = roles  # type: ignore[attr-defined]
        return guarded

    return guard


def facts_of(who: Caller | None) -> dict[str, Any]:
    """What the audit log writes about the caller."""
    if who is None:
        return {"person_id": None, "actor": "system", "address": ""}
    return {"person_id": who.id, "actor": who.email, "address": who.address}
