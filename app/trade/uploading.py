"""A customs file in a form: written to disk once while it is hashed, never held in memory."""

import hashlib
import os
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast
from wsgiref.types import WSGIEnvironment

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from app.errors import Problem
from app.trade import uploads
from app.trade.uploads import FileTooBig

AROUND = 1_000_000  # room for the other fields of the form and the lines between them
NAME_LENGTH = 200


class NoFile(Problem):
    """The form came without its file."""

    status = 422
    message = _l("Choose a file to send.")


class EmptyFile(Problem):
    """The file has no bytes."""

    status = 422
    message = _l("The file “%(file)s” is empty.")


@dataclass(frozen=True)
class Upload:
    """A complete file that is in its place."""

    filename: str
    sha256: str
    size: int


class _Incoming:
    """What the form parser writes a file part into."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"incoming-{secrets.token_hex(8)}"
        self.digest = hashlib.sha256()
        self.size = 0
        self._file = self.path.open("xb")

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self._file.write(data)

    def seek(self, _position: int) -> None:
        """The parser rewinds what it has finished."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def read_form(environ: WSGIEnvironment, data_dir: str, limit: int) -> tuple[dict[str, str], Upload]:
    """The text fields and the file of a multipart request. Whatever goes wrong, nothing half written stays behind."""
    if not environ.get("CONTENT_TYPE", "").lower().startswith("multipart/form-data"):
        raise NoFile()  # another kind of form would be read into memory as a whole
    folder = Path(data_dir) / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    parts: list[_Incoming] = []

    def begin(*_arguments: Any, **_named: Any) -> IO[bytes]:
        parts.append(_Incoming(folder))
        return cast("IO[bytes]", parts[-1])

    parser = FormDataParser(
        stream_factory=begin,
        max_content_length=limit + AROUND,
        max_form_memory_size=AROUND // 2,
        max_form_parts=200,
    )
    try:
        _stream, form, files = parser.parse_from_environ(environ)
        upload = _taken(files.get("file"), data_dir, limit)
    except RequestEntityTooLarge:
        raise FileTooBig(limit=limit // 1_000_000) from None
    finally:
        _drop(parts)
    return {name: text.strip() for name, text in form.items() if text.strip()}, upload


def _taken(file: FileStorage | None, data_dir: str, limit: int) -> Upload:
    if file is None or not file.filename:
        raise NoFile()
    part, filename = cast("_Incoming", file.stream), clean_name(file.filename)
    if part.size > limit:
        raise FileTooBig(limit=limit // 1_000_000)
    if part.size == 0:
        raise EmptyFile(file=filename)
    uploads.keep(data_dir, part.path, part.digest.hexdigest())
    return Upload(filename, part.digest.hexdigest(), part.size)


def clean_name(name: str) -> str:
    """The last part of a path as the sender wrote it, composed, without control characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    composed = unicodedata.normalize("NFC", last)
    return "".join(letter for letter in composed if letter.isprintable())[:NAME_LENGTH] or "file"


def _drop(parts: Iterable[_Incoming]) -> None:
    for part in parts:
        part.close()
        part.path.unlink(missing_ok=True)
