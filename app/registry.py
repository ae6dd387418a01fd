"""The list of blueprints: from an address to its file. One line each; keep it in the order of the menus."""

from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint

from app import housekeeping
from app.accounts import models as accounts_models
from app.marketplace.orders import models as orders_models
from app.trade import models as trade_models

# Every table, so that migrations see even those no blueprint below needs.
TABLES = (accounts_models, orders_models, trade_models, housekeeping)

PAGE_BLUEPRINTS: tuple[Blueprint, ...] = ()
API_BLUEPRINTS: tuple[ApiBlueprint, ...] = ()
