"""Translations: collect the strings, keep the Khmer review list, compile what the app reads.

python -m app.translating compile    .po + Khmer corrections → .mo (make run and make test do it)
python -m app.translating collect    new strings into the three catalogues and the review list
"""

import csv
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
FOLDER = Path(__file__).parent / "translations"
REVIEW = FOLDER / "khmer_review.csv"
LANGUAGES = ("vi", "km", "en")
KEYWORDS = DEFAULT_KEYWORDS | {"_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2), "_n": (1, 2)}
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
COLUMNS = ("msgid", "english", "vietnamese", "khmer", "correction", "reviewer", "reviewed_on", "note")


def po_file(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """The catalogue of a language; empty when there is none yet."""
    if not po_file(language).exists():
        return Catalog(locale=language, project="Mộc Xa")
    with po_file(language).open("rb") as file:
        return read_po(file, locale=language)


def collect() -> Catalog:
    """Every string of the code and the templates."""
    found = Catalog(project="Mộc Xa")
    for folder in ("app", "dashboards", "workers"):
        options = {"**/templates/**.html": {"trimmed": "true"}}
        for name, line, message, comments, context in extract_from_dir(
            str(ROOT / folder), METHODS, options, KEYWORDS, ("i18n:",), strip_comment_tags=True
        ):
            found.add(message, None, [(f"{folder}/{name}", line)], auto_comments=comments, context=context)
    return found


def update() -> None:
    """Merge new strings into the catalogues and list the Khmer ones for review."""
    template = collect()
    for language in LANGUAGES:
        catalog = read(language)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        if language == "en":
            for message in catalog:
                if message.id and not all(_strings(message.string)):
                    message.string = message.id
        out = BytesIO()
        write_po(out, catalog, sort_output=True, no_location=True, omit_header=False, width=0)
        po_file(language).parent.mkdir(parents=True, exist_ok=True)
        po_file(language).write_bytes(out.getvalue())
    list_for_review()


def corrections() -> dict[str, dict[str, str]]:
    """The rows of the review list by msgid."""
    if not REVIEW.exists():
        return {}
    with REVIEW.open(encoding="utf-8-sig", newline="") as file:
        return {row["msgid"]: row for row in csv.DictReader(file)}


def list_for_review() -> None:
    """Write the review list anew: every Khmer string, keeping what reviewers entered."""
    kept, vietnamese, khmer = corrections(), read("vi"), read("km")
    with REVIEW.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS)
        rows.writeheader()
        for message in sorted((m for m in khmer if m.id), key=key_of):
            before = kept.get(key_of(message), {})
            viet = vietnamese.get(message.id, message.context)
            rows.writerow(
                {name: before.get(name, "") for name in COLUMNS}
                | {"msgid": key_of(message), "english": _first(message.id)}
                | {"vietnamese": _first(viet.string if viet else ""), "khmer": _first(message.string)}
            )


def key_of(message) -> str:  # type: ignore[no-untyped-def]  # babel.Message is untyped
    """The msgid a row is known by."""
    return _first(message.id)


def _strings(text: object) -> tuple[str, ...]:
    """The one form of a string, or all forms of a counted one."""
    return tuple(text) if isinstance(text, (tuple, list)) else (str(text or ""),)


def _first(text: object) -> str:
    return _strings(text)[0]


def compile_all() -> int:
    """Write .mo files; Khmer strings with a correction in the review list use it. Returns how many strings."""
    count, reviewed = 0, corrections()
    for language in LANGUAGES:
        catalog = read(language)
        if language == "km":
            for message in catalog:
                if message.id and (better := reviewed.get(key_of(message), {}).get("correction", "").strip()):
                    message.string = (better,) if isinstance(message.id, (tuple, list)) else better
        out = BytesIO()
        write_mo(out, catalog)
        target = po_file(language).with_suffix(".mo")
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != out.getvalue():
            target.write_bytes(out.getvalue())
        count += len(catalog)
    return count


def missing(language: str) -> list[str]:
    """Strings of the code that have no translation in `language`."""
    catalog = read(language)
    absent = []
    for message in collect():
        if not message.id:
            continue
        found = catalog.get(message.id, message.context)
        if found is None or not all(_strings(found.string)):
            absent.append(_first(message.id))
    return absent


if __name__ == "__main__":
    if sys.argv[1:] == ["collect"]:
        update()
        for code in LANGUAGES:
            sys.stdout.write(f"{code}: {len(missing(code))} strings to translate\n")
    else:
        compile_all()
