"""The shared facts for programs: gates and HS codes."""

from typing import Any

from app.api import blueprint
from app.db import reading
from app.periods import today
from app.reference import gates, hs_codes
from app.reference.hs_codes import HsHit
from app.reference.models import Gate, HsCode
from app.reference.schemas import GateListOut, GateOut, HsDetailOut, HsListOut, HsQueryIn

bp = blueprint("Reference", __name__)


@bp.get("/gates")
@bp.response(200, GateListOut)
def list_gates() -> dict[str, Any]:
    """The border gates of the province, the most important first"""
    with reading() as session:
        return {"items": [_gate(gate) for gate in gates.all_gates(session)]}


@bp.get("/gates/<slug>")
@bp.response(200, GateOut)
@bp.alt_response(404, description="There is no such gate")
def get_gate(slug: str) -> dict[str, Any]:
    """One border gate"""
    with reading() as session:
        return _gate(gates.by_slug(session, slug))


@bp.get("/hs")
@bp.arguments(HsQueryIn, location="query")
@bp.response(200, HsListOut)
def find_hs(asked: dict[str, Any]) -> dict[str, Any]:
    """Find 8-digit lines of the tariff by words in three languages or by digits, each with its path"""
    with reading() as session:
        return {"items": [_hit(hit) for hit in hs_codes.search(session, asked["q"], asked["limit"])]}


@bp.get("/hs/<code>")
@bp.response(200, HsDetailOut)
@bp.alt_response(404, description="The tariff has no such code")
def get_hs(code: str) -> dict[str, Any]:
    """A node of the tariff with its path and what is right under it"""
    with reading() as session:
        hit = hs_codes.lookup(session, code)
        under = [_node(node) for node in hs_codes.children(session, hit.code)]
        return _hit(hit) | {"edition": hit.line.edition, "children": under}


def _gate(gate: Gate) -> dict[str, Any]:
    names = GateOut().fields.keys() - {"takes_goods"}
    return {name: getattr(gate, name) for name in names} | {"takes_goods": gate.takes_goods(today())}


def _node(node: HsCode) -> dict[str, Any]:
    facts = {name: getattr(node, name) for name in ("code", "level", "text_vi", "text_km", "text_en")}
    return facts | {"dotted": hs_codes.dotted(node.code)}


def _hit(hit: HsHit) -> dict[str, Any]:
    return _node(hit.line) | {"path": [_node(node) for node in hit.path]}
