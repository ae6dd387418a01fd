"""Fields of the marketplace's schemas: quantities, prices, currencies and slugs.

JSON carries exact decimals as text ("2.5"). Forms carry numbers as the reader's language writes them (1.234,5 in
Vietnamese, 1,234.5 in Khmer and English), which is what the page showed before it was sent.
"""
# ruff: noqa: ARG002 (marshmallow hands a field more than most need)

import re
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from app.i18n import language
from app.money import CURRENCIES
from app.text import clean, parse_number

LARGEST = Decimal(10) ** 12
_PLAIN = r"[0-9]+(\.[0-9]+)?"
_NUMBER = re.compile(f"-?{_PLAIN}")


class Quantity(fields.Field[Decimal]):
    """An amount of goods above zero with at most three decimals, as text in JSON."""

    default_error_messages = {
        "invalid": _l("Give a number."),
        "range": _l("Give a number above zero with at most 3 decimals."),
    }
    finest = Decimal("0.001")

    def __init__(self, *, zero: bool = False, **more: Any) -> None:
        described = {"type": "string", "pattern": f"^{_PLAIN}$", "example": "5"} | more.pop("metadata", {})
        super().__init__(metadata=described, **more)
        self.zero = zero

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else plain(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        number = self.read(value)
        if number < 0 or (not number and not self.zero) or number > LARGEST or number % self.finest:
            raise self.make_error("range")
        return number

    def read(self, value: Any) -> Decimal:
        """The decimal in a JSON text; a float is refused because it is not exact."""
        is_exact = isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))
        if not is_exact or not _NUMBER.fullmatch(text := str(value)):
            raise self.make_error("invalid")
        return Decimal(text)


class TypedQuantity(Quantity):
    """The same in a form, written as the reader's language writes numbers."""

    def read(self, value: Any) -> Decimal:
        """The number a person typed."""
        return _typed(self, value)


class TypedAmount(fields.Field[Decimal]):
    """An amount of money in a form; how many decimals it may have depends on the currency, so the ladder checks."""

    default_error_messages = {
        "invalid": _l("Give a number."),
        "range": _l("Give an amount above zero with at most 2 decimals."),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        number = _typed(self, value)
        if number <= 0 or number > LARGEST or number % Decimal("0.01"):
            raise self.make_error("range")
        return number


class Text(fields.String):
    """Words of at most so many characters, cleaned as all text is stored; lines stay lines."""

    def __init__(self, longest: int, **more: Any) -> None:
        rule = validate.Length(max=longest, error=_l("Use at most {max} characters."))
        super().__init__(validate=rule, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        return "\n".join(map(clean, text.strip().splitlines()))


class Currency(fields.String):
    """VND, KHR or USD."""

    def __init__(self, **more: Any) -> None:
        super().__init__(validate=validate.OneOf(CURRENCIES, error=_l("Choose VND, KHR or USD.")), **more)


class Slug(fields.String):
    """The readable part of an address."""

    def __init__(self, **more: Any) -> None:
        rule = validate.Regexp(r"[a-z0-9]+(-[a-z0-9]+)*\Z", error=_l("This is not a known address."))
        super().__init__(validate=rule, **more)


class Price(fields.Field[Any]):
    """Money in JSON: {"amount": "25000", "currency": "VND"}."""

    def __init__(self, **more: Any) -> None:
        example = {"amount": "25000", "currency": "VND"}
        super().__init__(dump_only=True, metadata={"type": "object", "example": example}, **more)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> dict[str, str] | None:
        return None if value is None else {"amount": str(value.amount), "currency": value.currency}


def plain(value: Decimal) -> str:
    """A decimal without trailing zeros and never in scientific notation: 5, 2.5, 1000."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _typed(field: fields.Field[Any], value: Any) -> Decimal:
    style: Any = "vi" if language() == "vi" else "en"
    found = parse_number(str(value), style)
    if found.value is None or found.unit is not None:
        raise field.make_error("invalid")
    return found.value
