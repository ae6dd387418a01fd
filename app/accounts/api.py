"""GET /api/v1/me: whose token this is."""

from app.accounts.schemas import PersonOut
from app.accounts.who import Caller, require, signed_in
from app.api import blueprint

bp = blueprint("Account", __name__)


@bp.get("/me")
@bp.response(200, PersonOut)
@require()
def me() -> Caller:
    """The person of the bearer token, with roles and firm"""
    return signed_in()
