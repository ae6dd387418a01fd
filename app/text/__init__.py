"""Text as people write it here: folding for search, Khmer words, numbers, dates, and legacy Vietnamese fonts."""

from app.text.dates import BadDate, parse_date
from app.text.folding import clean, fold, khmer_digits, words
from app.text.legacy import from_legacy, legacy_font
from app.text.numbers import Number, number_style, parse_number

__all__ = [
    "BadDate",
    "Number",
    "clean",
    "fold",
    "from_legacy",
    "khmer_digits",
    "legacy_font",
    "number_style",
    "parse_date",
    "parse_number",
    "words",
]
