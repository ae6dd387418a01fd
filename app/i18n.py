"""Languages: which one this reader reads, and numbers, money and dates as that language writes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask import Blueprint, Flask, abort, current_app, g, has_app_context, has_request_context, request, url_for
from flask_babel import Babel, get_translations
from flask_babel import force_locale as force_words
from markupsafe import Markup, escape
from werkzeug.routing import BaseConverter

from app.money import Money

LANGUAGES = (("vi", "Tiếng Việt"), ("km", "ខ្មែរ"), ("en", "English"))
CODES = tuple(code for code, _ in LANGUAGES)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SYMBOLS = {"VND": "₫", "KHR": "៛", "USD": "$"}
DECIMALS = {"VND": 0, "KHR": 0, "USD": 2}
NO_BREAK = "\u00a0"
_words: dict[str, Any] = {}
_VIETNAMESE = str.maketrans(",.", ".,")

__all__ = ["CODES", "LANGUAGES", "ZONE", "force_locale", "language", "localized", "pages_blueprint"]


class LanguageConverter(BaseConverter):
    """`<lang:lang>` in a URL."""

    regex = "|".join(CODES)
    part_isolating = True


def pages_blueprint(name: str, import_name: str) -> Blueprint:
    """A blueprint of HTML pages under /{lang}/; `lang` is taken out of the view's arguments."""
    return Blueprint(name, import_name, url_prefix="/<lang:lang>")


def language() -> str:
    """The reader's language: address, person, browser, setting, in this order; in the API the header goes first."""
    if has_app_context() and (chosen := g.get("lang")):
        return str(chosen)
    if not has_request_context():
        return "vi"
    if (first := request.path.split("/")[1]) in CODES:  # an address that leads nowhere still says the language
        return first
    asked = request.accept_languages
    spoken = asked.best_match(CODES) if asked.best != "*" else None
    if spoken and first == "api":  # a program that names a language means it
        return spoken
    caller = g.get("caller")
    if caller is not None and caller.language in CODES:
        return str(caller.language)
    return spoken or str(current_app.config["DEFAULT_LANGUAGE"])


@contextmanager
def force_locale(code: str) -> Iterator[None]:
    """Words, numbers, money and days in another language for a while: a letter to somebody else."""
    if not has_app_context():
        yield
        return
    before = g.get("lang")
    g.lang = code
    try:
        with force_words(code):
            yield
    finally:
        g.lang = before


def language_url(code: str) -> str:
    """This page in another language. What was asked is written behind it, never handed to `url_for` by its name."""
    rule = request.url_rule
    if (
        request.endpoint is None
        or rule is None
        or "lang" not in rule.arguments
        or "GET" not in (rule.methods or set())
    ):
        return f"/{code}/"
    page = url_for(request.endpoint, **(request.view_args or {}) | {"lang": code})
    asked = urlencode(list(request.args.items(multi=True)))
    return f"{page}?{asked}" if asked else page


def localized(thing: Any, field: str, lang: str | None = None) -> str:
    """`field` of a thing in the reader's language, falling back to Vietnamese, English, then Khmer."""
    return _found(thing, field, lang or language())[1]


def marked(thing: Any, field: str) -> Markup:
    """The same with its language named where it is not the page's, for screen readers and fonts."""
    code, text = _found(thing, field, language())
    return Markup('<span lang="{}">{}</span>').format(code, text) if text and code != language() else escape(text)


def _found(thing: Any, field: str, lang: str) -> tuple[str, str]:
    for code in (lang, "vi", "en", "km"):
        if text := getattr(thing, f"{field}_{code}", None):
            return code, str(text)
    return lang, ""


def number(value: Decimal | int | float | None, decimals: int | None = None) -> str:
    """1.234,5 in Vietnamese, 1,234.5 in Khmer and English; a missing value is a dash, never zero."""
    if value is None:
        return "–"
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    text = f"{exact:,.{3 if decimals is None else decimals}f}"  # ten times as quick as Babel, which writes the same
    if decimals is None:
        text = text.rstrip("0").rstrip(".")
    return text.translate(_VIETNAMESE) if language() == "vi" else text


def money(amount: Money | None, currency: bool = True) -> str:
    """25.000 ₫ · $1,234.50 · 4,100 ៛: symbol after the number for VND and KHR, before it for USD."""
    if amount is None:
        return "–"
    text = number(amount.amount, DECIMALS.get(amount.currency, 2))
    if not currency:
        return text
    if amount.currency == "USD":
        return f"{text}{NO_BREAK}$" if language() == "vi" else f"${text}"
    return f"{text}{NO_BREAK}{SYMBOLS.get(amount.currency, amount.currency)}"


def day(value: date | None, style: str = "medium") -> str:
    """A calendar day; Vietnamese writes dd/MM/yyyy."""
    if value is None:
        return "–"
    pattern = "dd/MM/yyyy" if language() == "vi" else "d MMM y"
    return str(format_date(value, format=pattern if style == "medium" else style, locale=language()))


def month(value: date | None) -> str:
    """A trade month: 10/2026 in Vietnamese, Oct 2026 in English, តុលា 2026 in Khmer."""
    if value is None:
        return "–"
    return str(format_date(value, format="MM/yyyy" if language() == "vi" else "MMM y", locale=language()))


def instant(value: datetime | None) -> str:
    """A moment on the clock of the gates (Asia/Ho_Chi_Minh, the same as Phnom Penh)."""
    if value is None:
        return "–"
    local = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(ZONE)
    pattern = "dd/MM/yyyy HH:mm" if language() == "vi" else "d MMM y HH:mm"
    return str(format_datetime(local, format=pattern, locale=language()))


def lang_attribute(text_lang: str) -> Markup:
    """` lang="km"` for a part of a page that is in another language than the page."""
    return Markup(' lang="{}"').format(text_lang) if text_lang != language() else Markup("")


def words_of(lang: str) -> Any:
    """The translations of a language, kept: Flask-Babel's own way to them is long, and a page has fifty sentences."""
    if lang not in _words:
        with force_words(lang):
            _words[lang] = get_translations()
    return _words[lang]


def init_app(app: Flask) -> None:
    """Locale selection, the <lang> part of addresses, template filters and globals."""
    app.url_map.converters["lang"] = LanguageConverter
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=language, timezone_selector=lambda: str(ZONE))
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: words_of(language()).ugettext(text),
        ngettext=lambda one, many, count: words_of(language()).ungettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"]

    @app.url_value_preprocessor
    def take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and "lang" in values:
            g.lang = values.pop("lang")
            if g.lang not in CODES:
                abort(404)

    @app.url_defaults
    def give_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = language()

    for filter_ in (number, money, day, month, instant, localized, marked):
        app.add_template_filter(filter_)

    @app.context_processor
    def words() -> dict[str, Any]:
        return {
            "lang": language(),
            "languages": LANGUAGES,
            "language_url": language_url,
            "lang_attribute": lang_attribute,
        }
