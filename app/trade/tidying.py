"""Files that nothing refers to any more: of dropped imports, dead readings and refused deliveries."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import fsspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.db import now
from app.trade.models import DROPPED, Import, LakeFile, StagedFile

AGE = timedelta(days=1)  # what is younger may be on its way into the database
EXTRAS = ("findings", "rates")


@dataclass(frozen=True)
class Known:
    """What is still referred to."""

    paths: frozenset[str]
    hashes: frozenset[str]


def forget_dropped(session: Session) -> None:
    """Staged files of imports that were rejected or cancelled are no longer wanted."""
    dropped = select(Import.id).where(Import.state.in_(DROPPED))
    session.execute(
        delete(StagedFile).where(StagedFile.import_id.in_(dropped)).execution_options(synchronize_session=False)
    )


def known(session: Session) -> Known:
    """Every file that the database refers to."""
    paths = {*session.scalars(select(LakeFile.path)), *session.scalars(select(StagedFile.path))}
    for found in session.scalars(select(Import.found)):
        paths |= {found[name] for name in EXTRAS if name in found}
    return Known(frozenset(paths), frozenset(session.scalars(select(Import.sha256))))


def sweep(lake_url: str, data_dir: str, referred: Known, moment: datetime | None = None) -> int:
    """Remove what is older than a day and not referred to; how many files that were."""
    before = (moment or now()) - AGE
    removed = 0
    filesystem, root = fsspec.core.url_to_fs(lake_url)
    if filesystem.exists(root):
        for name in filesystem.find(root):
            path = name.removeprefix(root.rstrip("/") + "/")
            if path not in referred.paths and _changed(filesystem, name) < before:
                filesystem.rm_file(name)
                removed += 1
    for file in Path(data_dir, "uploads").rglob("*"):
        if file.is_file() and file.name not in referred.hashes and _age(file) < before:
            file.unlink()
            removed += 1
    for folder in Path(data_dir, "work").glob("*"):
        if _age(folder) < before:
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def _changed(filesystem: fsspec.AbstractFileSystem, name: str) -> datetime:
    found: datetime = filesystem.modified(name)
    return found if found.tzinfo else found.replace(tzinfo=now().tzinfo)


def _age(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, now().tzinfo)
