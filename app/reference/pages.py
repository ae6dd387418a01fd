"""Pages of the shared facts: the border gates, and looking up HS codes."""

import re

from flask import Blueprint, render_template, request

from app.db import reading
from app.forms import is_htmx
from app.i18n import pages_blueprint
from app.periods import today
from app.reference import gates, hs_codes
from app.reference.words import GATE_STATES, GATE_TYPES

bp: Blueprint = pages_blueprint("reference", __name__)

MOST_HITS = 30
FIELD = re.compile(r"[a-z0-9_-]{1,40}")


@bp.get("/gates")
def all_gates() -> str:
    """Every gate of the province: whether it takes goods, what is told, and how far it is."""
    day = today()
    with reading() as session:
        found = gates.all_gates(session)
        return render_template(
            "gates/list.html",
            working=[gate for gate in found if gate.goods_until is None or day < gate.goods_until],
            left=[gate for gate in found if gate.goods_until is not None and day >= gate.goods_until],
            today=day,
            distance=gates.distance_km,
            types=GATE_TYPES,
            states=GATE_STATES,
        )


@bp.get("/gates/<slug>")
def gate(slug: str) -> str:
    """One gate with everything that is known about it, and the ways to goods and figures."""
    with reading() as session:
        return render_template(
            "gates/gate.html",
            gate=gates.by_slug(session, slug),
            today=today(),
            distance=gates.distance_km,
            types=GATE_TYPES,
            states=GATE_STATES,
        )


@bp.get("/hs")
def hs() -> str:
    """Find HS codes by words or digits; for htmx only the hits, each with a button for the field `into`."""
    q, into = request.args.get("q", "").strip()[:200], request.args.get("into", "")
    with reading() as session:
        return render_template(
            "reference/_hs_hits.html" if is_htmx() else "reference/hs.html",
            q=q,
            into=into if FIELD.fullmatch(into) else "",
            hits=hs_codes.search(session, q, MOST_HITS) if q else [],
            chapters=[] if q or is_htmx() else hs_codes.children(session, None),
            dotted=hs_codes.dotted,
        )


@bp.get("/hs/<code>")
def hs_node(code: str) -> str:
    """A node of the tariff with its path and what is right under it."""
    with reading() as session:
        hit = hs_codes.lookup(session, code)
        return render_template(
            "reference/hs_node.html",
            hit=hit,
            under=hs_codes.children(session, hit.code),
            dotted=hs_codes.dotted,
        )
