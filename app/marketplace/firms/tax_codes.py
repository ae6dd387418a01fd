"""Tax codes as firms write them: the Vietnamese MST with its check digit, the Cambodian TIN with its shape."""

import re

from flask_babel import lazy_gettext as _l
from stdnum.vn import mst

from app.errors import Problem
from app.text import clean

_CAMBODIAN = re.compile(r"[LKE][0-9]{3}-[0-9]{9}")


class WrongTaxCode(Problem):
    """Not a tax code of that country, or one with a slip of the pen."""

    status = 422
    message = _l("This is not a valid tax code. Check each digit.")


class PersonalNumber(WrongTaxCode):
    """Twelve digits are a person's number, which this platform does not collect."""

    message = _l("A personal number of 12 digits is not accepted. Give the firm's tax code of 10 or 13 digits.")


class LostZero(WrongTaxCode):
    """A spreadsheet ate the leading zero."""

    message = _l("A tax code has 10 digits and this has 9. Is a leading zero missing: %(repaired)s?")


class WrongTin(WrongTaxCode):
    """Not a Cambodian TIN."""

    message = _l("A Cambodian TIN is written like K001-123456789, beginning with L, K or E.")


def checked(country: str, text: str) -> str:
    """The code as it is stored: 10 or 13 digits for Việt Nam, K001-123456789 for Cambodia; raises `WrongTaxCode`."""
    return _cambodian(text) if country == "KH" else _vietnamese(text)


def shown(country: str, code: str) -> str:
    """The code as people write it: the branch after a hyphen."""
    return str(mst.format(code)) if country == "VN" else code


def _vietnamese(text: str) -> str:
    code = str(mst.compact(clean(text)))
    if not code.isascii() or not code.isdigit():
        raise WrongTaxCode()
    if len(code) == 12:
        raise PersonalNumber()
    if len(code) == 9 and mst.is_valid(f"0{code}"):
        raise LostZero(repaired=f"0{code}")
    if not mst.is_valid(code):
        raise WrongTaxCode()
    return code


def _cambodian(text: str) -> str:
    code = clean(text).upper().replace(" ", "")
    if not _CAMBODIAN.fullmatch(code):
        raise WrongTin()
    return code
