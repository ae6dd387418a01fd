"""The delivered files themselves: every file is kept once, as it came, under its SHA-256."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from flask_babel import lazy_gettext as _l

from app.errors import Problem

CHUNK = 1 << 20


class FileTooBig(Problem):
    """More bytes than `MAX_IMPORT_BYTES`."""

    status = 413
    message = _l("The file is larger than %(limit)s MB. Compress it with gzip, or split it by month.")


class Kept(Protocol):
    """What is known of a file that was taken in."""

    @property
    def sha256(self) -> str: ...

    @property
    def size(self) -> int: ...


@dataclass(frozen=True)
class Stored:
    """A file that is in its place."""

    sha256: str
    size: int


def place(data_dir: str | Path, sha256: str) -> Path:
    """Where the file of this hash is kept."""
    return Path(data_dir) / "uploads" / sha256[:2] / sha256


def store(data_dir: str | Path, stream: IO[bytes], limit: int) -> Stored:
    """Write a stream to its place while hashing it; the same bytes twice are one file. Raises `FileTooBig`."""
    incoming = Path(data_dir) / "uploads" / f"incoming-{secrets.token_hex(8)}"
    incoming.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    try:
        with incoming.open("xb") as file:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise FileTooBig(limit=limit // 1_000_000)
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        keep(data_dir, incoming, digest.hexdigest())
    finally:
        incoming.unlink(missing_ok=True)
    return Stored(digest.hexdigest(), size)


def keep(data_dir: str | Path, path: Path, sha256: str) -> None:
    """Move a complete file, already hashed, to its place."""
    target = place(data_dir, sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)
