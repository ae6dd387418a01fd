"""The list of blueprints: from an address to its file. One line each; keep it in the order of the menus."""

from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint

from app import housekeeping
from app.accounts import account_pages, reset_pages
from app.accounts import api as accounts_api
from app.accounts import models as accounts_models
from app.accounts import pages as accounts_pages
from app.marketplace.orders import api as orders_api
from app.marketplace.orders import models as orders_models
from app.reference import api as reference_api
from app.reference import pages as reference_pages
from app.trade import api as trade_api
from app.trade import decision_pages, download_pages, flows_api, format_pages, source_pages
from app.trade import models as trade_models
from app.trade import pages as trade_pages

# Every table, so that migrations see even those no blueprint below needs.
TABLES = (accounts_models, orders_models, trade_models, housekeeping)

PAGE_BLUEPRINTS: tuple[Blueprint, ...] = (
    accounts_pages.bp,
    reset_pages.bp,
    account_pages.bp,
    reference_pages.bp,
    trade_pages.bp,
    decision_pages.bp,
    download_pages.bp,
    source_pages.bp,
    format_pages.bp,
)
API_BLUEPRINTS: tuple[ApiBlueprint, ...] = (
    accounts_api.bp,
    reference_api.bp,
    orders_api.bp,
    flows_api.bp,
    trade_api.bp,
)  # fmt: skip
