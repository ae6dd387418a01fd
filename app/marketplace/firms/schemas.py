"""What the forms about a firm take."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, post_load, validate

from app.accounts.schemas import PHONE, EmailField
from app.api import StrictSchema
from app.marketplace.fields import Text
from app.marketplace.firms.tax_codes import WrongTaxCode, checked

ACCOUNT = validate.Regexp(
    r"[0-9A-Za-z][0-9A-Za-z -]{3,33}\Z", error=_l("Write an account number of 4 to 34 letters and digits.")
)


class RegistrationSchema(StrictSchema):
    """The facts a moderator verifies."""

    name_vi = Text(160, required=True)
    country = fields.Str(required=True, validate=validate.OneOf(["VN", "KH"], error=_l("Choose a country.")))
    tax_code = fields.Str(required=True)
    address = Text(300, required=True)

    @post_load
    def check_tax_code(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The code as it is stored, or what is wrong with it beside its field."""
        try:
            return data | {"tax_code": checked(data["country"], data["tax_code"])}
        except WrongTaxCode as wrong:
            raise ValidationError(wrong.text(), "tax_code") from None


class NewFirmSchema(RegistrationSchema):
    name_en = Text(160, load_default=None, allow_none=True)
    name_km = Text(160, load_default=None, allow_none=True)
    phone = fields.Str(required=True, validate=PHONE)
    email = EmailField(load_default="")


class ProfileSchema(StrictSchema):
    """What an owner changes at any time."""

    name_en = Text(160, load_default=None, allow_none=True)
    name_km = Text(160, load_default=None, allow_none=True)
    phone = fields.Str(required=True, validate=PHONE)
    email = EmailField(load_default="")
    about_vi = Text(2000, load_default=None, allow_none=True)
    about_en = Text(2000, load_default=None, allow_none=True)
    about_km = Text(2000, load_default=None, allow_none=True)


class BankSchema(StrictSchema):
    """The firm's own account; all of it or none."""

    bank_name = Text(120, required=True)
    bank_account = fields.Str(required=True, validate=ACCOUNT)
    bank_holder = Text(160, required=True)


class InviteSchema(StrictSchema):
    email = EmailField(required=True)


class ReasonSchema(StrictSchema):
    reason = Text(1000, required=True)
