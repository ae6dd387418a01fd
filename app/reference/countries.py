"""Countries as trade tables spell them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.reference.models import Country
from app.text import fold


def by_alias(session: Session) -> dict[str, str]:
    """Folded spelling → ISO code of two letters: codes, names in three languages, and aliases."""
    table: dict[str, str] = {}
    countries = list(session.scalars(select(Country).order_by(Country.iso2)))
    for country in countries:
        for name in (country.iso2, country.iso3, country.name_vi, country.name_en, country.name_km):
            if name:
                table.setdefault(fold(name), country.iso2)
    for country in countries:
        for name in country.aliases:
            table.setdefault(fold(name), country.iso2)
    return table
