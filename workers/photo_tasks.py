"""Photos that no product shows any more."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from app.db import now
from app.marketplace.catalogue import photos
from workers import settings

KEPT_FOR = timedelta(days=1)  # an upload that is not committed yet has its files already


def forget_unused_photos(session: Session) -> None:
    """Delete their files."""
    photos.forget_unused(session, Path(settings.current()["DATA_DIR"]) / "photos", now() - KEPT_FOR)
