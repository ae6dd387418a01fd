"""/{lang}/admin/rates: the dated exchange rates, and a new one by hand with its source."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import ValidationError

from app import forms
from app.accounts import audit
from app.accounts.models import Role
from app.accounts.who import require, signed_in
from app.administration.schemas import BASES, KINDS, RateSchema
from app.db import Session, reading
from app.errors import Problem
from app.i18n import language, pages_blueprint
from app.money import CURRENCIES
from app.periods import today
from app.reference import rates
from app.reference.words import RATE_KINDS

bp: Blueprint = pages_blueprint("admin_rates", __name__)

PAGE = 40


@bp.get("/admin/rates")
@require(Role.ADMIN)
def overview() -> ResponseReturnValue:
    """The rates of one pair, newest first, and the form for a new one."""
    return _page({"base": "USD", "quote": "VND", "kind": "market", "day": today().isoformat()}, {}, 200)


@bp.post("/admin/rates")
@require(Role.ADMIN)
def add() -> ResponseReturnValue:
    """A new dated rate."""
    try:
        values = forms.load(RateSchema())
        with Session.begin() as session:
            rate = rates.add(session, **values)
            after = {name: str(values[name]) for name in ("base", "quote", "kind", "day", "rate", "source")}
            audit.record(session, signed_in(), "rate.added", rate, after=after)
    except ValidationError as error:
        return _page(forms.submitted(RateSchema()), forms.errors_of(error), 422)
    except Problem as problem:
        return _page(forms.submitted(RateSchema()), {"rate": [problem.text()]}, problem.status)
    flash(_("The rate is saved."), "good")
    return redirect(f"/{language()}/admin/rates?pair={values['base']}-{values['quote']}", 303)


def _page(values: dict[str, Any], errors: dict[str, list[str]], status: int) -> ResponseReturnValue:
    page = forms.page_number()
    with reading() as session:
        pairs = rates.pairs(session)
        base, _dash, quote = request.args.get("pair", "").partition("-")
        if (base, quote) not in pairs:
            base, quote = "USD", "VND"
        total = rates.count(session, base, quote)
        return render_template(
            "admin/rates.html",
            pairs=pairs,
            base=base,
            quote=quote,
            rates=rates.table(session, base, quote, PAGE, (page - 1) * PAGE),
            kinds=RATE_KINDS,
            kinds_by_hand=[(kind, RATE_KINDS[kind]) for kind in KINDS],
            bases=[(code, code) for code in BASES],
            quotes=[(code, code) for code in CURRENCIES],
            values=values,
            errors=errors,
            page=page,
            pages=forms.pages_of(total, PAGE),
            url_of=forms.page_url,
        ), status
