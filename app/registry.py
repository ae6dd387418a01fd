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
from app.trade import flows_api
from app.trade import models as trade_models

# Every table, so that migrations see even those no blueprint below needs.
TABLES = (accounts_models, orders_models, trade_models, housekeeping)

PAGE_BLUEPRINTS: tuple[Blueprint, ...] = (
    accounts_pages.bp,
    reset_pages.bp,
    account_pages.bp,
)
API_BLUEPRINTS: tuple[ApiBlueprint, ...] = (
    accounts_api.bp,
    orders_api.bp,
    flows_api.bp,
)  # fmt: skip
