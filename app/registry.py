"""The list of blueprints: from an address to its file. One line each; keep it in the order of the menus."""

from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint

from app import housekeeping
from app.accounts import account_pages, reset_pages, signing_in
from app.accounts import api as accounts_api
from app.accounts import models as accounts_models
from app.accounts import pages as accounts_pages
from app.administration import gate_pages, people_pages, rate_pages, work_pages
from app.administration import pages as admin_pages
from app.marketplace.catalogue import api as products_api
from app.marketplace.catalogue import media, moderation_pages, product_pages, seller_pages, seller_product_pages
from app.marketplace.catalogue import pages as shop_pages
from app.marketplace.firms import member_pages
from app.marketplace.firms import pages as firm_pages
from app.marketplace.orders import api as orders_api
from app.marketplace.orders import cart_pages, checkout_pages, desk_pages, order_pages
from app.marketplace.orders import models as orders_models
from app.reference import api as reference_api
from app.reference import pages as reference_pages
from app.trade import api as trade_api
from app.trade import decision_pages, download_pages, flows_api, format_pages, source_pages
from app.trade import models as trade_models
from app.trade import pages as trade_pages

# What a visitor put in the cart is still there after signing in.
signing_in.AFTER_SIGN_IN[:] = [cart_pages.merge_at_sign_in]

# Every table, so that migrations see even those no blueprint below needs.
TABLES = (accounts_models, orders_models, trade_models, housekeeping)

PAGE_BLUEPRINTS: tuple[Blueprint, ...] = (
    shop_pages.bp,
    product_pages.bp,
    firm_pages.bp,
    media.bp,
    accounts_pages.bp,
    reset_pages.bp,
    account_pages.bp,
    cart_pages.bp,
    checkout_pages.bp,
    order_pages.bp,
    desk_pages.bp,
    seller_pages.bp,
    seller_product_pages.bp,
    member_pages.bp,
    moderation_pages.bp,
    reference_pages.bp,
    trade_pages.bp,
    decision_pages.bp,
    download_pages.bp,
    source_pages.bp,
    format_pages.bp,
    admin_pages.bp,
    people_pages.bp,
    gate_pages.bp,
    rate_pages.bp,
    work_pages.bp,
)
API_BLUEPRINTS: tuple[ApiBlueprint, ...] = (
    accounts_api.bp,
    reference_api.bp,
    products_api.bp,
    orders_api.bp,
    flows_api.bp,
    trade_api.bp,
)  # fmt: skip
