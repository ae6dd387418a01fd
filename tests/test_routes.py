"""Every route × every role: who is let in, who is not, and what answer each gets. A new route needs a row here.

The columns are the roles of `route_world.ROLES`: visitor; a buyer who has nothing to do with it; the buyer of the
order; staff and owner of the firm; the owner of another firm; economist; moderator; administrator.
422 stands for: let in, and the empty form is refused. What follows the question mark of a POST is its form.
A thing of another person or firm is 404, as if it were not there. /readyz is 503 because no migration ran here.
"""

from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import delete
from werkzeug.routing import MapAdapter

from app.db import Base, Session
from tests.conftest import REFERENCE
from tests.route_world import ROLES, World, build

TABLE = """
                                                                        vis str buy sta own riv eco mod adm
GET  /                                                                  302 302 302 302 302 302 302 302 302
GET  /en/                                                               200 200 200 200 200 200 200 200 200
GET  /en/products/{product}                                             200 200 200 200 200 200 200 200 200
GET  /en/search/suggest?q=a                                             200 200 200 200 200 200 200 200 200
GET  /en/firms/{firm}                                                   200 200 200 200 200 200 200 200 200
GET  /en/gates                                                          200 200 200 200 200 200 200 200 200
GET  /en/gates/moc-bai                                                  200 200 200 200 200 200 200 200 200
GET  /en/hs                                                             200 200 200 200 200 200 200 200 200
GET  /en/hs/1108                                                        200 200 200 200 200 200 200 200 200
GET  /media/photos/none.webp                                            404 404 404 404 404 404 404 404 404
GET  /static/main.css                                                   404 404 404 404 404 404 404 404 404
GET  /static/dist/none.css                                              404 404 404 404 404 404 404 404 404
GET  /healthz                                                           200 200 200 200 200 200 200 200 200
GET  /readyz                                                            503 503 503 503 503 503 503 503 503
GET  /metrics                                                           200 200 200 200 200 200 200 200 200
GET  /en/register                                                       200 303 303 303 303 303 303 303 303
POST /en/register                                                       422 422 422 422 422 422 422 422 422
GET  /en/sign-in                                                        200 303 303 303 303 303 303 303 303
POST /en/sign-in                                                        422 422 422 422 422 422 422 422 422
POST /en/sign-out                                                       303 303 303 303 303 303 303 303 303
POST /en/currency                                                       422 422 422 422 422 422 422 422 422
GET  /en/confirm/{confirm}                                              200 200 200 200 200 200 200 200 200
POST /en/confirm/{confirm}                                              303 303 303 303 303 303 303 303 303
GET  /en/reset                                                          200 200 200 200 200 200 200 200 200
POST /en/reset                                                          422 422 422 422 422 422 422 422 422
GET  /en/reset/{reset}                                                  200 200 200 200 200 200 200 200 200
POST /en/reset/{reset}                                                  422 422 422 422 422 422 422 422 422
GET  /en/outbox                                                         401 404 404 404 404 404 404 404 200
GET  /en/account                                                        401 200 200 200 200 200 200 200 200
POST /en/account                                                        401 422 422 422 422 422 422 422 422
POST /en/account/confirm                                                401 303 303 303 303 303 303 303 303
POST /en/account/password                                               401 422 422 422 422 422 422 422 422
POST /en/account/sessions/end                                           401 422 422 422 422 422 422 422 422
POST /en/account/tokens                                                 401 422 422 422 422 422 422 422 422
POST /en/account/tokens/{token_id}/revoke                               401 404 303 404 404 404 404 404 404
GET  /en/cart                                                           200 200 200 200 200 200 200 200 200
POST /en/cart/lines                                                     303 303 303 303 303 303 303 303 303
POST /en/cart/lines/{line_id}?quantity=2&gate=moc-bai                   404 404 303 404 404 404 404 404 404
POST /en/cart/lines/{line_id}/remove                                    404 404 303 404 404 404 404 404 404
GET  /en/checkout                                                       303 303 200 303 303 303 303 303 303
POST /en/checkout                                                       401 303 422 303 303 303 303 303 303
GET  /en/orders                                                         401 200 200 200 200 200 200 200 200
GET  /en/orders/{order}                                                 401 404 200 200 200 404 404 200 200
POST /en/orders/{order}/paid                                            401 404 409 409 409 404 404 409 409
POST /en/orders/{order}/steps                                           401 404 422 422 422 404 404 422 422
GET  /en/seller/                                                        401 200 200 200 200 200 200 200 200
GET  /en/seller/register                                                401 200 200 302 302 302 200 200 200
POST /en/seller/register                                                401 422 422 422 422 422 422 422 422
GET  /en/seller/firm                                                    401 403 403 200 200 200 403 403 403
POST /en/seller/firm/bank                                               401 403 403 403 422 422 403 403 403
POST /en/seller/firm/profile                                            401 403 403 403 422 422 403 403 403
POST /en/seller/firm/registration                                       401 403 403 403 422 422 403 403 403
POST /en/seller/firm/staff                                              401 403 403 403 422 422 403 403 403
POST /en/seller/firm/staff/{staff_id}/remove                            401 403 403 403 303 404 403 403 403
POST /en/seller/firm/leave                                              401 403 403 303 409 409 403 403 403
POST /en/seller/firm/invitations/{invitation_id}/withdraw               401 403 403 403 303 404 403 403 403
POST /en/seller/invitations/{invitation_id}/accept                      401 303 404 404 404 404 404 404 404
POST /en/seller/invitations/{invitation_id}/decline                     401 303 404 404 404 404 404 404 404
GET  /en/seller/orders                                                  401 403 403 200 200 200 403 403 403
GET  /en/seller/products                                                401 403 403 200 200 200 403 403 403
GET  /en/seller/products/new                                            401 403 403 200 200 200 403 403 403
POST /en/seller/products/new                                            401 403 403 422 422 422 403 403 403
GET  /en/seller/products/{draft_id}                                     401 403 403 200 200 404 403 403 403
POST /en/seller/products/{draft_id}                                     401 403 403 422 422 404 403 403 403
POST /en/seller/products/{draft_id}/submit                              401 403 403 303 303 404 403 403 403
POST /en/seller/products/{product_id}/withdraw                          401 403 403 303 303 404 403 403 403
POST /en/seller/products/{product_id}/stock?on_hand=5&seen=100          401 403 403 303 303 404 403 403 403
POST /en/seller/products/{product_id}/adjust?way=in&by=1                401 403 403 303 303 404 403 403 403
POST /en/seller/products/{draft_id}/photos                              401 403 403 303 303 404 403 403 403
POST /en/seller/products/{draft_id}/photos/{photo_id}/first             401 403 403 303 303 404 403 403 403
POST /en/seller/products/{draft_id}/photos/{photo_id}/remove            401 403 403 303 303 404 403 403 403
GET  /en/moderation/                                                    401 403 403 403 403 403 403 200 200
GET  /en/moderation/firms                                               401 403 403 403 403 403 403 200 200
GET  /en/moderation/firms/{firm_id}                                     401 403 403 403 403 403 403 200 200
POST /en/moderation/firms/{firm_id}                                     401 403 403 403 403 403 403 422 422
GET  /en/moderation/products/{pending_id}                               401 403 403 403 403 403 403 200 200
POST /en/moderation/products/{pending_id}                               401 403 403 403 403 403 403 422 422
GET  /en/moderation/orders                                              401 403 403 403 403 403 403 200 200
GET  /en/trade/                                                         200 200 200 200 200 200 200 200 200
GET  /en/trade/province                                                 200 200 200 200 200 200 200 200 200
GET  /en/trade/transit                                                  200 200 200 200 200 200 200 200 200
GET  /en/trade/provenance                                               200 200 200 200 200 200 200 200 200
GET  /en/trade/figures/none.json                                        404 404 404 404 404 404 404 404 404
GET  /en/trade/formats                                                  200 200 200 200 200 200 200 200 200
GET  /en/trade/formats/declarations-template.csv                        200 200 200 200 200 200 200 200 200
GET  /en/trade/imports                                                  401 403 403 403 403 403 200 403 200
POST /en/trade/imports                                                  401 403 403 403 403 403 422 403 422
GET  /en/trade/imports/{ready_import}                                   401 403 403 403 403 403 200 403 200
GET  /en/trade/imports/{ready_import}/progress                          401 403 403 403 403 403 200 403 200
GET  /en/trade/imports/{ready_import}/comparison                        401 403 403 403 403 403 200 403 200
GET  /en/trade/imports/{ready_import}/errors.csv                        401 403 403 403 403 403 200 403 200
GET  /en/trade/imports/{ready_import}/mending.xlsx                      401 403 403 403 403 403 200 403 200
POST /en/trade/imports/{ready_import}/accept                            401 403 403 403 403 403 409 403 409
POST /en/trade/imports/{ready_import}/reject                            401 403 403 403 403 403 422 403 422
POST /en/trade/imports/{reading_import}/cancel                          401 403 403 403 403 403 303 403 303
POST /en/trade/imports/{mapping_needed_import}/mapping                  401 403 403 403 403 403 422 403 422
POST /en/trade/imports/{failed_import}/retry                            401 403 403 403 403 403 303 403 303
POST /en/trade/imports/{published_import}/withdraw                      401 403 403 403 403 403 422 403 422
GET  /en/trade/sources                                                  401 403 403 403 403 403 200 403 200
GET  /en/trade/sources/new                                              401 403 403 403 403 403 200 403 200
POST /en/trade/sources/new                                              401 403 403 403 403 403 422 403 422
GET  /en/trade/sources/{source}                                         401 403 403 403 403 403 200 403 200
POST /en/trade/sources/{source}                                         401 403 403 403 403 403 422 403 422
GET  /en/admin/                                                         401 403 403 403 403 403 403 403 200
GET  /en/admin/audit                                                    401 403 403 403 403 403 403 403 200
GET  /en/admin/people                                                   401 403 403 403 403 403 403 403 200
GET  /en/admin/people/{person_id}                                       401 403 403 403 403 403 403 403 200
POST /en/admin/people/{person_id}/roles                                 401 403 403 403 403 403 403 403 303
POST /en/admin/people/{person_id}/disable                               401 403 403 403 403 403 403 403 303
POST /en/admin/people/{person_id}/enable                                401 403 403 403 403 403 403 403 303
POST /en/admin/people/{person_id}/sign-out                              401 403 403 403 403 403 403 403 303
POST /en/admin/people/{person_id}/reset                                 401 403 403 403 403 403 403 403 303
GET  /en/admin/gates                                                    401 403 403 403 403 403 403 403 200
GET  /en/admin/gates/moc-bai                                            401 403 403 403 403 403 403 403 200
POST /en/admin/gates/moc-bai                                            401 403 403 403 403 403 403 403 422
GET  /en/admin/rates                                                    401 403 403 403 403 403 403 403 200
POST /en/admin/rates                                                    401 403 403 403 403 403 403 403 422
GET  /en/admin/jobs                                                     401 403 403 403 403 403 403 403 200
POST /en/admin/jobs/{deed_id}/retry                                     401 403 403 403 403 403 403 403 303
POST /en/admin/jobs/retry                                               401 403 403 403 403 403 403 403 303
POST /en/admin/jobs/gate-month                                          401 403 403 403 403 403 403 403 422
GET  /api/                                                              200 200 200 200 200 200 200 200 200
GET  /api/v1/openapi.json                                               200 200 200 200 200 200 200 200 200
GET  /api/v1/gates                                                      200 200 200 200 200 200 200 200 200
GET  /api/v1/gates/moc-bai                                              200 200 200 200 200 200 200 200 200
GET  /api/v1/hs?q=san                                                   200 200 200 200 200 200 200 200 200
GET  /api/v1/hs/1108                                                    200 200 200 200 200 200 200 200 200
GET  /api/v1/products                                                   200 200 200 200 200 200 200 200 200
GET  /api/v1/products/{product_id}                                      200 200 200 200 200 200 200 200 200
GET  /api/v1/me                                                         401 200 200 200 200 200 200 200 200
GET  /api/v1/orders                                                     401 200 200 200 200 200 200 200 200
POST /api/v1/orders                                                     401 422 422 422 422 422 422 422 422
GET  /api/v1/orders/{group_id}                                          401 404 200 404 404 404 404 404 404
POST /api/v1/orders/steps                                               401 422 422 422 422 422 422 422 422
GET  /api/v1/seller/orders                                              401 403 403 200 200 200 403 403 403
GET  /api/v1/seller/orders/{order}                                      401 403 403 200 200 404 403 403 403
GET  /api/v1/trade/flows                                                200 200 200 200 200 200 200 200 200
GET  /api/v1/trade/imports                                              401 403 403 403 403 403 200 403 200
POST /api/v1/trade/imports                                              401 403 403 403 403 403 422 403 422
GET  /api/v1/trade/imports/{ready_import}                               401 403 403 403 403 403 200 403 200
GET  /api/v1/trade/imports/{ready_import}/errors                        401 403 403 403 403 403 200 403 200
POST /api/v1/trade/imports/{ready_import}/accept                        401 403 403 403 403 403 409 403 409
POST /api/v1/trade/imports/{ready_import}/reject                        401 403 403 403 403 403 422 403 422
POST /api/v1/trade/imports/{reading_import}/cancel                      401 403 403 403 403 403 200 403 200
POST /api/v1/trade/imports/{mapping_needed_import}/mapping              401 403 403 403 403 403 422 403 422
POST /api/v1/trade/imports/{failed_import}/retry                        401 403 403 403 403 403 202 403 202
POST /api/v1/trade/imports/{published_import}/withdraw                  401 403 403 403 403 403 422 403 422
"""
ROWS = [(line.split()[0], line.split()[1], line.split()[2:]) for line in TABLE.strip("\n").splitlines()[1:]]


@pytest.fixture(scope="module")
def world_for(engine) -> Iterator[Callable[[bool], World]]:
    """`world_for(used)`: the world of the last request, or a new one when a request has used it up."""
    kept: list[World] = []

    def give(used: bool) -> World:
        if used or not kept:
            with Session() as session:
                kept[:] = [build(session)]
        return kept[0]

    yield give
    with Session.begin() as session:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in REFERENCE:
                session.execute(delete(table))


def places(adapter: MapAdapter, method: str, path: str) -> tuple[str, str]:
    rule, _ = adapter.match(path.partition("?")[0], method=method, return_rule=True)
    return rule.rule, method


def ask(web_app, world: World, role: str, method: str, path: str) -> int:
    """What this person is answered."""
    browser = web_app.test_client()
    headers = {"Sec-Fetch-Site": "same-origin"}
    if role != "visitor" and path.startswith("/api/"):
        headers["Authorization"] = f"Bearer {world.bearers[role]}"
    elif role != "visitor":
        browser.set_cookie("sid", world.cookies[role])
    address, _, asked = path.format(**world.places).partition("?")
    with_what = {"query_string": asked} if method == "GET" else {"data": dict(parse_qsl(asked))}
    answer = browser.open(address, method=method, headers=headers, **with_what)
    answer.close()
    return answer.status_code


def test_every_route_has_a_row_and_every_row_a_route(web_app, world_for) -> None:
    adapter = web_app.url_map.bind("localhost")
    known = world_for(False).places
    rows = [places(adapter, method, path.format(**known)) for method, path, _ in ROWS]
    routes = {
        (rule.rule, method)
        for rule in web_app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert set(rows) == routes
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize(("method", "path", "expected"), ROWS, ids=[f"{row[0]} {row[1]}" for row in ROWS])
def test_each_role_gets_its_answer(web_app, world_for, method: str, path: str, expected: list[str]) -> None:
    got, used = [], False
    for role in ROLES:
        status = ask(web_app, world_for(used), role, method, path)
        used = method != "GET" and status < 400
        got.append(str(status))
    if used:
        world_for(True)
    assert dict(zip(ROLES, got, strict=True)) == dict(zip(ROLES, expected, strict=True))
