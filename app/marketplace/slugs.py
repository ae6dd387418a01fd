"""The readable last part of an address, free among the rows of a table."""

import re
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.text import fold

LONGEST = 60


def slug_of(text: str) -> str:
    """Bánh tráng Trảng Bàng 500 g → banh-trang-trang-bang-500-g; empty when nothing Latin is in the text."""
    bare = re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")
    return bare if len(bare) <= LONGEST else bare[: LONGEST + 1].rpartition("-")[0] or bare[:LONGEST]


def free_slug(session: Session, model: type[Any], *names: str | None) -> str:
    """A slug no row of `model` has yet, of the first name in Latin script; without one, the name of the table."""
    wanted = next((slug for name in names if name and (slug := slug_of(name))), str(model.__tablename__))
    taken = set(session.scalars(select(model.slug).where(model.slug.startswith(wanted, autoescape=True))))
    return next(slug for n in count(1) if (slug := wanted if n == 1 else f"{wanted}-{n}") not in taken)
