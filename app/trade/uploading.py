"""A customs file on its way in: written to its disk once while it is hashed, never held in memory."""

import hashlib
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


class FileTooLarge(Problem):
    """More bytes than this installation takes."""

    status = 413
    message = _l("The file is too large: at most %(megabytes)s MB are taken. Compress it with gzip, or split it.")


@dataclass(frozen=True)
class Upload:
    """A complete file in the incoming folder."""

    path: Path
    filename: str
    sha256: str
    size: int


class _Incoming:
    """What the form parser writes a file part into."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / secrets.token_hex(16)
        self.digest = hashlib.sha256()
        self.size = 0
        self._file = self.path.open("xb")

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self._file.write(data)

    def seek(self, _position: int) -> None:
        """The parser rewinds what it has finished."""
        self._file.close()

    def close(self) -> None:
        self._file.close()


def read_form(environ: WSGIEnvironment, incoming: Path, limit: int) -> tuple[dict[str, str], Upload]:
    """The text fields and the file of a multipart request. Whatever goes wrong, no file stays behind."""
    incoming.mkdir(parents=True, exist_ok=True)
    parts: list[_Incoming] = []

    def begin(*_arguments: Any, **_named: Any) -> IO[bytes]:
        parts.append(_Incoming(incoming))
        return cast("IO[bytes]", parts[-1])

    parser = FormDataParser(
        stream_factory=begin,
        max_content_length=limit + AROUND,
        max_form_memory_size=AROUND // 2,
        max_form_parts=50,
    )
    try:
        _stream, form, files = parser.parse_from_environ(environ)
        upload = _taken(files.get("file"), limit)
    except RequestEntityTooLarge:
        _drop(parts)
        raise FileTooLarge(megabytes=limit // 1_000_000) from None
    except BaseException:
        _drop(parts)
        raise
    _drop(part for part in parts if part.path != upload.path)
    return {name: text.strip() for name, text in form.items() if text.strip()}, upload


def _taken(file: FileStorage | None, limit: int) -> Upload:
    if file is None or not file.filename:
        raise NoFile()
    part, filename = cast("_Incoming", file.stream), clean_name(file.filename)
    if part.size > limit:
        raise FileTooLarge(megabytes=limit // 1_000_000)
    if part.size == 0:
        raise EmptyFile(file=filename)
    return Upload(part.path, filename, part.digest.hexdigest(), part.size)


def from_disk(path: Path, incoming: Path) -> Upload:
    """A copy of a file of this machine, for the command line."""
    incoming.mkdir(parents=True, exist_ok=True)
    copy = _Incoming(incoming)
    with path.open("rb") as source:
        while chunk := source.read(1 << 20):
            copy.write(chunk)
    copy.close()
    if copy.size == 0:
        _drop([copy])
        raise EmptyFile(file=path.name)
    return Upload(copy.path, clean_name(path.name), copy.digest.hexdigest(), copy.size)


def clean_name(name: str) -> str:
    """The last part of a path as the sender wrote it, composed, without control characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    composed = unicodedata.normalize("NFC", last)
    return "".join(letter for letter in composed if letter.isprintable())[:NAME_LENGTH] or "file"


def _drop(parts: Iterable[_Incoming]) -> None:
    for part in parts:
        part.close()
        part.path.unlink(missing_ok=True)
