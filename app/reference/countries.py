"""Countries as trade tables spell them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.reference.models import Country
from app.text import clean, fold

FIRST = ("VN", "KH")


def code_of(table: dict[str, str], text: str) -> str | None:
    """The ISO code for a spelling: as typed first (Mỹ, Bỉ, Áo), then without diacritics."""
    return table.get(clean(text).lower()) or table.get(fold(text))


def options(session: Session, lang: str) -> list[tuple[str, str]]:
    """Code and name of every country for a form: Việt Nam and Cambodia first, then by name."""
    names = {
        country.iso2: getattr(country, f"name_{lang}") or country.name_en
        for country in session.scalars(select(Country))
    }
    return sorted(names.items(), key=lambda entry: (entry[0] not in FIRST, entry[0] != FIRST[0], fold(entry[1])))


def by_alias(session: Session) -> dict[str, str]:
    """Spelling, in lower case and folded, → ISO code: codes, names, aliases. Ask with `code_of`."""
    table: dict[str, str] = {}
    countries = list(session.scalars(select(Country).order_by(Country.iso2)))
    spelled = [
        (name, country.iso2)
        for country in countries
        for name in (country.iso2, country.iso3, country.name_vi, country.name_en, country.name_km, *country.aliases)
        if name
    ]
    for key in (lambda name: clean(name).lower(), fold):
        for name, iso2 in spelled:
            table.setdefault(key(name), iso2)
    return table
