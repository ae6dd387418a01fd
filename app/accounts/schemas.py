"""What forms and the API of this folder take and give."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate, validates_schema

from app.accounts import passwords
from app.api import AnswerSchema, StrictSchema
from app.forms import Secret
from app.i18n import CODES
from app.money import CURRENCIES

NAME = validate.Length(max=120, error=_l("Use at most {max} characters."))
PHONE = validate.Regexp(
    r"\+?[\d .()-]{6,24}\Z", error=_l("Write a telephone number, for example +84 912 345 678 or +855 12 345 678.")
)


class EmailField(fields.Email):
    """An e-mail address, in lower case."""

    def __init__(self, **more: Any) -> None:
        super().__init__(validate=validate.Length(max=254, error=_l("Use at most {max} characters.")), **more)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return str(super()._deserialize(value, *args, **kwargs)).lower()


class Language(fields.Str):
    """vi, km or en."""

    def __init__(self, **more: Any) -> None:
        super().__init__(validate=validate.OneOf(CODES, error=_l("Choose a language.")), **more)


class Currency(fields.Str):
    """VND, KHR or USD."""

    def __init__(self, **more: Any) -> None:
        super().__init__(validate=validate.OneOf(CURRENCIES, error=_l("Choose VND, KHR or USD.")), **more)


class Country(fields.Str):
    """ISO 3166-1 alpha-2; the page offers the countries there are."""

    def __init__(self, **more: Any) -> None:
        super().__init__(validate=validate.Regexp(r"[A-Z]{2}\Z", error=_l("Choose a country.")), **more)


class SignInSchema(StrictSchema):
    email = EmailField(required=True)
    password = Secret(required=True, validate=validate.Length(max=1000))
    next = fields.Str(load_default="")


class RegisterSchema(StrictSchema):
    name = fields.Str(required=True, validate=NAME)
    email = EmailField(required=True)
    password = Secret(required=True)
    country = Country(load_default="VN")
    phone = fields.Str(load_default="", validate=PHONE)
    next = fields.Str(load_default="")

    @validates_schema(skip_on_field_errors=False)
    def fit(self, data: dict[str, Any], **_: Any) -> None:
        judge(data, data.get("email", ""), data.get("name", ""))


class EmailSchema(StrictSchema):
    email = EmailField(required=True)


class NewPasswordSchema(StrictSchema):
    """A new password; `own_words` are what somebody who knows the person would try first."""

    password = Secret(required=True)

    def __init__(self, *own_words: str) -> None:
        super().__init__()
        self.own_words = own_words

    @validates_schema(skip_on_field_errors=False)
    def fit(self, data: dict[str, Any], **_: Any) -> None:
        judge(data, *self.own_words)


class PasswordChangeSchema(NewPasswordSchema):
    present = Secret(required=True)


class PresentPasswordSchema(StrictSchema):
    present = Secret(required=True)


class ProfileSchema(StrictSchema):
    name = fields.Str(required=True, validate=NAME)
    phone = fields.Str(load_default="", validate=PHONE)
    country = Country(required=True)
    language = Language(required=True)
    currency = Currency(required=True)


class ApiTokenSchema(PresentPasswordSchema):
    label = fields.Str(required=True, validate=validate.Length(max=80, error=_l("Use at most {max} characters.")))


class CurrencySchema(StrictSchema):
    currency = Currency(required=True)
    next = fields.Str(load_default="")


class PersonOut(AnswerSchema):
    """The person of the bearer token."""

    id = fields.Int()
    email = fields.Str()
    name = fields.Str()
    language = fields.Str()
    currency = fields.Str()
    roles = fields.List(fields.Str())
    firm_id = fields.Int(allow_none=True)
    firm_role = fields.Str(allow_none=True)


def judge(data: dict[str, Any], *own_words: str) -> None:
    """`passwords.judge` as a mistake of the field, shown together with the others."""
    try:
        if "password" in data:
            passwords.judge(data["password"], *own_words)
    except passwords.UnfitPassword as unfit:
        raise ValidationError(unfit.text(), "password") from None
