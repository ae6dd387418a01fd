"""Orders in JSON and in forms. Decimals are text ("5", "1.25"), so that nothing is rounded on the way."""

# ruff: noqa: ARG002 (marshmallow hands a field more than most need)

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate

from app.addresses import LARGEST_ID
from app.api import AnswerSchema, QuerySchema, StrictSchema, page_field
from app.i18n import localized
from app.marketplace.fields import Currency, Quantity, Slug, TypedQuantity, plain
from app.marketplace.orders.basket import PricedLine
from app.marketplace.orders.models import PAID, OrderState, Side
from app.marketplace.orders.place import Item

MOST_LINES = 100
NOTE = 500
REASON = 500

GIVEN = {"type": ["string", "integer"], "description": "A number without a fraction may also come as one"}
_ID = validate.Range(min=1, max=LARGEST_ID)


def _text(most: int, **more: Any) -> fields.String:
    return fields.String(validate=validate.Length(max=most), **more)


class Amount(Quantity):
    """An amount of the order's currency, as text: "125000", "31.25"."""

    default_error_messages = {"range": _l("Give an amount above zero with at most 2 decimals.")}
    finest = Decimal("0.01")


class MoneyText(fields.String):
    """The amount of a Money; its currency is that of the order."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value.amount)


class LocalName(fields.String):
    """The name in the language asked for, else in the one there is."""

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **kwargs: Any) -> str:
        return localized(obj, "name")


class ItemText(fields.Field[Item]):
    """A line of the checkout as its page showed it: product, gate, quantity and unit price, "12 moc-bai 5 1.25"."""

    default_error_messages = {"invalid": _l("This page is damaged. Go back to the cart and try again.")}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Item:
        try:
            product_id, gate, quantity, unit_price = str(value).split()
            return Item(int(product_id), gate, Quantity().deserialize(quantity), Decimal(unit_price))
        except (ValueError, ArithmeticError, ValidationError):
            raise self.make_error("invalid") from None

    @staticmethod
    def write(line: PricedLine) -> str:
        """What the page carries of a line; only lines with a price can be ordered."""
        assert line.price is not None
        thing = line.wanted
        return f"{thing.product.id} {thing.gate.slug} {plain(thing.quantity)} {line.price.money.amount}"


# --- in --------------------------------------------------------------------------------------------


class OrderItemIn(StrictSchema):
    """A product and how much of it. `unit_price`, when given, must still hold, else nothing is ordered."""

    product_id = fields.Int(required=True, strict=True, validate=_ID)
    quantity = Quantity(required=True, metadata=GIVEN)
    gate = Slug()
    unit_price = Amount(metadata=GIVEN)


class OrderIn(StrictSchema):
    """What to order: all lines at `gate`, but for those that name another one."""

    gate = Slug(required=True)
    currency = Currency(required=True)
    lines = fields.List(fields.Nested(OrderItemIn), required=True, validate=validate.Length(min=1, max=MOST_LINES))
    note = _text(NOTE, load_default="")


class OrderStepIn(StrictSchema):
    """A step of one order. `seen` is the state it was decided on: if the order moved meanwhile, nothing happens."""

    number = _text(20, required=True)
    to = fields.Enum(OrderState, by_value=True, required=True)
    seen = fields.Enum(OrderState, by_value=True)
    reason = _text(REASON, load_default="")


class OrdersIn(QuerySchema):
    """Which page of a list."""

    page = page_field()


class FirmOrdersIn(OrdersIn):
    """Which of the firm's orders."""

    state = fields.Enum(OrderState, by_value=True)
    gate = Slug()


class AddForm(StrictSchema):
    """What a product page puts in the cart."""

    product_id = fields.Int(required=True, validate=_ID)
    quantity = TypedQuantity(required=True)
    gate = Slug(required=True)


class LineForm(StrictSchema):
    """Another quantity or gate of a line of the cart."""

    quantity = TypedQuantity(required=True)
    gate = Slug(required=True)


class CheckoutForm(StrictSchema):
    """Everything the checkout showed and the buyer filled in."""

    key = _text(255, required=True)
    currency = Currency(required=True)
    lines = fields.List(ItemText(), required=True, validate=validate.Length(min=1, max=MOST_LINES))
    name = fields.String(required=True, validate=validate.Length(min=1, max=120))
    phone = fields.String(
        required=True, validate=validate.Regexp(r"\+?[\d .()-]{6,20}\Z", error=_l("Give a phone number."))
    )
    country = fields.String(required=True, validate=validate.Length(equal=2, error=_l("Choose a country.")))
    company = _text(200, load_default="")
    address = _text(300, load_default="")
    notes = fields.Dict(
        keys=fields.Str(validate=validate.Regexp(r"\d+/[a-z0-9-]+\Z")), values=_text(NOTE), load_default=dict
    )


class StepForm(StrictSchema):
    """A button on the page of an order."""

    to = fields.Enum(OrderState, by_value=True, required=True)
    seen = fields.Enum(OrderState, by_value=True, required=True)
    reason = _text(REASON, load_default="")


class PaidForm(StrictSchema):
    """The buyer's word that the seller was paid."""

    reference = _text(100, load_default="")


# --- out -------------------------------------------------------------------------------------------


class OrderLineOut(AnswerSchema):
    """A product as it was when ordered, in the language asked for and in all three."""

    product_id = fields.Int()
    name = LocalName()
    name_vi = fields.Str()
    name_km = fields.Str(allow_none=True)
    name_en = fields.Str(allow_none=True)
    hs_code = fields.Str()
    unit = fields.Str()
    quantity = Quantity()
    unit_price = MoneyText(attribute="price")
    amount = MoneyText(attribute="sum")


class OrderSellerOut(AnswerSchema):
    """The seller as it was when ordered, with its own bank account: it is paid directly."""

    id = fields.Int()
    slug = fields.Str()
    name = LocalName()
    tax_code = fields.Str()
    phone = fields.Str()
    email = fields.Str()
    bank_name = fields.Str()
    bank_account = fields.Str()
    bank_holder = fields.Str()


class OrderBuyerOut(AnswerSchema):
    """Whom to ask for at the gate."""

    name = fields.Str()
    company = fields.Str()
    phone = fields.Str()
    email = fields.Str()
    country = fields.Str()


class OrderEventOut(AnswerSchema):
    """A step that was made."""

    at = fields.AwareDateTime()
    side = fields.Str(validate=validate.OneOf(list(Side)))
    to = fields.Str(attribute="to_state", validate=validate.OneOf([*OrderState, PAID]))
    reason = fields.Str()


class OrderOut(AnswerSchema):
    """Goods of one firm handed over at one gate; `number` names it, here and on the telephone."""

    number = fields.Str()
    firm = fields.Nested(OrderSellerOut, attribute="seller")
    buyer = fields.Nested(OrderBuyerOut)
    gate = fields.Str(attribute="gate.slug")
    incoterm = fields.Str()
    state = fields.Str(validate=validate.OneOf(list(OrderState)))
    act_by = fields.AwareDateTime(allow_none=True, metadata={"description": "When the next step is due"})
    paid_at = fields.AwareDateTime(allow_none=True, metadata={"description": "When the buyer said so"})
    currency = fields.Str()
    total = MoneyText(attribute="price")
    rates = fields.Dict(
        metadata={"description": "Pair such as `USD/VND` → the dated rate that prices were made with"}
    )
    lines = fields.List(fields.Nested(OrderLineOut))
    note = fields.Str()
    reason = fields.Str()
    created = fields.AwareDateTime()
    events = fields.List(fields.Nested(OrderEventOut))


class OrderGroupOut(AnswerSchema):
    """What was placed at once, under one `id`: one order for each firm and gate."""

    id = fields.Int()
    currency = fields.Str()
    total = MoneyText(attribute="price")
    created = fields.AwareDateTime()
    orders = fields.List(fields.Nested(OrderOut))


class OrderListOut(AnswerSchema):
    """A page of orders."""

    items = fields.List(fields.Nested(OrderOut))
    total = fields.Int()


class OrderGroupListOut(AnswerSchema):
    """A page of what was placed."""

    items = fields.List(fields.Nested(OrderGroupOut))
    total = fields.Int()
