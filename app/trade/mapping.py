"""Which column is which field: learnt per source, matched by aliases, and what still has to be asked of a person."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from app.text.numbers import Style, number_style
from app.trade import aliases
from app.trade.aliases import key
from app.trade.fields import FIELDS
from app.trade.profiles import Profile

TELLING = 200  # so many different numbers of a column show its style
CONSTANT = "="  # "=USD": the same text for every row
NOTE = "!"  # a header that begins so was added by us to a mending file; such a column is never read
PATTERNS = ("%d/%m/%Y", "%Y-%m-%d", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%d/%m/%y", "serial")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)|[:,]\s*([^:,]+)$")
_SERIAL = re.compile(r"\d{5}(\.0+)?")


@dataclass(frozen=True)
class Mapping:
    """`columns`: field -> header, or "=text". `missing` and `unclear` are questions for a person."""

    columns: dict[str, str]
    missing: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()  # "date_style"
    number_style: Style | None = None
    date_style: str = ""
    weight_factor: int = 1

    @property
    def sure(self) -> bool:
        return not self.missing and not self.unclear


@dataclass(frozen=True)
class Known:
    """What a person confirmed before for this layout."""

    columns: dict[str, str] = field(default_factory=dict)
    number_style: str = ""
    date_style: str = ""


def header_key(headers: Sequence[str]) -> str:
    """One value per layout: a changed, added or dropped header gives another; our own notes do not count."""
    named = [key(header) for header in headers if not header.startswith(NOTE)]
    return hashlib.sha256("\x1f".join(named).encode()).hexdigest()[:32]


def match(
    dataset: str, headers: Sequence[str], profile: Profile, known: Known, sample: Sequence[Sequence[str | None]]
) -> Mapping:
    """The mapping of a file; what a person said wins over the profile, the profile over aliases."""
    columns = _columns(dataset, headers, profile, known)
    given = set(columns) | profile.given()
    missing = tuple(item.name for item in FIELDS[dataset] if item.required and item.name not in given)
    position = {header: index for index, header in enumerate(headers)}
    cells = {
        name: [row[position[header]] or "" for row in sample]
        for name, header in columns.items()
        if header in position
    }
    pattern, unclear = _dates(cells.get("date"), known.date_style)
    return Mapping(
        columns,
        missing,
        ("date_style",) if unclear else (),
        _numbers(dataset, cells, profile, known, sample, position),
        pattern,
        1000 if re.search(r"\btan\b|tonne", key(columns.get("net_kg", ""))) else 1,
    )


def _columns(dataset: str, headers: Sequence[str], profile: Profile, known: Known) -> dict[str, str]:
    by_key = {key(header): header for header in reversed(headers)}
    columns: dict[str, str] = {name: CONSTANT + text for name, text in profile.fixed.items()}
    columns |= {name: by_key[key(header)] for name, header in profile.columns.items() if key(header) in by_key}
    if not profile.columns:
        columns |= _by_alias(dataset, headers, taken={wide.header for wide in profile.wide}) | columns
    if "currency" not in columns and (unit := _unit_of(columns.get("value", ""))):
        columns["currency"] = CONSTANT + unit
    fitting = {
        name: header for name, header in known.columns.items() if header.startswith(CONSTANT) or header in headers
    }
    return {name: header for name, header in (columns | fitting).items() if header}


def _by_alias(dataset: str, headers: Sequence[str], taken: set[str]) -> dict[str, str]:
    table = aliases.HEADERS[dataset]
    found: dict[str, str] = {}
    for header in headers:
        if header.startswith(NOTE):
            continue
        bare = key(_IN_BRACKETS.sub("", header))
        name = table.get(key(header)) or table.get(bare)
        if name and name not in found and header not in taken:
            found[name] = header
    return found


def _unit_of(header: str) -> str | None:
    for inside in (part for found in _IN_BRACKETS.findall(header) for part in found if part):
        if key(inside) in aliases.MONEY_UNITS:
            return str(inside)
    return None


def _numbers(
    dataset: str,
    cells: dict[str, list[str]],
    profile: Profile,
    known: Known,
    sample: Sequence[Sequence[str | None]],
    position: dict[str, int],
) -> Style | None:
    if known.number_style in ("vi", "en"):
        return "vi" if known.number_style == "vi" else "en"
    numeric = [item.name for item in FIELDS[dataset] if item.kind == "number"]
    columns = [cells.get(name, []) for name in numeric]
    columns += [
        [row[position[wide.header]] or "" for row in sample] for wide in profile.wide if wide.header in position
    ]
    return agreed_style([text for column in columns for text in _telling(column)])


def _telling(texts: Iterable[str]) -> list[str]:
    """The first different texts of a column that may say how its numbers are written."""
    return list(islice((text for text in dict.fromkeys(texts) if "." in text or "," in text), TELLING))


def agreed_style(texts: Sequence[str]) -> Style | None:
    """The style nearly all unambiguous numbers are written in; a rare slip does not change the style of a file."""
    votes = Counter(style for text in texts if (style := number_style([text])))
    if not votes:
        return None
    style, most = votes.most_common(1)[0]
    return style if most >= 0.9 * votes.total() else None


def _dates(texts: list[str] | None, known: str) -> tuple[str, bool]:
    """The date pattern most of the sample follows, and whether two readings remain."""
    if known or texts is None:
        return known, False
    days = [text.strip().replace("T", " ").split(" ")[0] for text in texts if text and text.strip()]
    fits = Counter({pattern: sum(_fits(day, pattern) for day in set(days)) for pattern in PATTERNS})
    pattern, best = fits.most_common(1)[0]
    if best == 0:
        return PATTERNS[0], False
    rival = {"%d/%m/%Y": "%m/%d/%Y", "%m/%d/%Y": "%d/%m/%Y"}.get(pattern)
    return pattern, bool(rival and fits[rival] == best)


def _fits(text: str, pattern: str) -> bool:
    if pattern == "serial":
        return bool(_SERIAL.fullmatch(text))
    try:
        return 1990 <= datetime.strptime(text, pattern).year <= 2100  # noqa: DTZ007
    except ValueError:
        return False
