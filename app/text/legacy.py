"""Vietnamese typed in TCVN3 (.VnTime) or VNI fonts: recognising it and turning it into Unicode."""

import re
import unicodedata
from typing import Literal

from app.text.folding import fold

Font = Literal["tcvn3", "vni"]

_TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êëíìîïóñòô\u00adõøö÷ùúûýüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
_TONES = {"": "", "\u0300": "ø", "\u0301": "ù", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
_BREVE = {"": "ê", "\u0300": "è", "\u0301": "é", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}
_ROOF = {"": "â", "\u0300": "à", "\u0301": "á", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}


def _vni_table() -> dict[str, str]:
    bases = {"a": "a", "e": "e", "o": "o", "u": "u", "y": "y", "ơ": "ô", "ư": "ö"}
    spelled = {base + tone: typed + mark for base, typed in bases.items() for tone, mark in _TONES.items()}
    spelled |= {"ă" + tone: "a" + mark for tone, mark in _BREVE.items()}
    spelled |= {base + "\u0302" + tone: base + mark for base in "aeo" for tone, mark in _ROOF.items()}
    spelled |= {"i\u0309": "æ", "i\u0303": "ó", "i\u0323": "ò", "y\u0323": "î", "đ": "ñ"}
    table = {typed: unicodedata.normalize("NFC", letter) for letter, typed in spelled.items()}
    capitals = {typed.upper(): letter.upper() for typed, letter in table.items()}
    mixed = {typed.capitalize(): letter.upper() for typed, letter in table.items()}
    return {typed: letter for typed, letter in (mixed | capitals | table).items() if typed != letter}


_VNI = _vni_table()
_VNI_TYPED = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_UNICODE_ONLY = re.compile(
    "[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0-\u01b0\u0300-\u036f\u1ea0-\u1ef9]"
)
_RUN = re.compile(r"[^\s\d.,;:()\[\]/\"'+=%!?&<>-]+")
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?"
    r"(?:(?:uye|oa|oe|ie|ye|uo|ua|ue|uy|[aeiouy])(?:ch|ng|nh|[cmnpt])?"
    r"|uoi|uou|uay|uya|uyu|ieu|yeu|oai|oao|oay|oeo|ai|ao|au|ay|eo|eu|ia|iu|oi|ui|uu)"
)
_MARKED = re.compile(
    r"(?:[a-zđ]|\u0302|\u0306|\u031b)*[\u0300\u0301\u0303\u0309\u0323]?(?:[a-zđ]|\u0302|\u0306|\u031b)*"
)
_MISPLACED = re.compile(r"a[uo][\u0300-\u0323]|oa\u0302")  # aù, aõ, oâ: how VNI types á, ã, ô


def from_legacy(text: str, font: Font) -> str:
    """`text` typed in `font`, as Unicode. TCVN3 capital fonts keep no case; a word otherwise in capitals stays so."""
    if font == "vni":
        return _VNI_TYPED.sub(lambda typed: _VNI[typed.group()], text)
    return _RUN.sub(lambda run: _tcvn3_word(run.group()), text)


def legacy_font(text: str) -> Font | None:
    """The legacy font a text was typed in, or None when it reads well as it is (or in neither)."""
    typed = [run for run in _RUN.findall(text) if not run.isascii()]
    if not typed or _UNICODE_ONLY.search(text) or all(_is_syllable(run) for run in typed):
        return None
    shares = {font: _share(typed, font) for font in ("tcvn3", "vni")}
    best: Font = "tcvn3" if shares["tcvn3"] >= shares["vni"] else "vni"
    return best if shares[best] >= 0.8 else None


def _share(typed: list[str], font: str) -> float:
    return sum(_is_syllable(from_legacy(run, "vni" if font == "vni" else "tcvn3")) for run in typed) / len(typed)


def _is_syllable(run: str) -> bool:
    marked = unicodedata.normalize("NFD", run.lower())
    return bool(_SYLLABLE.fullmatch(fold(run)) and _MARKED.fullmatch(marked) and not _MISPLACED.search(marked))


def _tcvn3_word(run: str) -> str:
    word = "".join(_TCVN3.get(letter, letter) for letter in run)
    plain = [letter for letter in run if letter.isascii() and letter.isalpha()]
    return word.upper() if len(plain) > 1 and all(letter.isupper() for letter in plain) else word
