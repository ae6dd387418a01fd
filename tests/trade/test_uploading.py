"""A file in a form is written once, hashed, and leaves nothing behind when something is wrong."""

import hashlib
import io
from pathlib import Path

import pytest
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import EnvironBuilder, encode_multipart

from app.trade import uploads
from app.trade.uploading import AROUND, EmptyFile, NoFile, clean_name, read_form
from app.trade.uploads import FileTooBig

LIMIT = 1_000_000


def environ(*parts: tuple[str, object]) -> dict:
    boundary, body = encode_multipart(MultiDict(parts))
    builder = EnvironBuilder(
        method="POST", input_stream=io.BytesIO(body), content_type=f"multipart/form-data; boundary={boundary}",
        content_length=len(body),
    )  # fmt: skip
    try:
        return builder.get_environ()
    finally:
        builder.close()


def file(content: bytes, name: str = "a.csv") -> FileStorage:
    return FileStorage(io.BytesIO(content), name)


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_the_file_lies_under_its_hash_and_the_fields_come_with_it(tmp_path) -> None:
    content = b"gate,count\n" * 50_000
    fields, upload = read_form(
        environ(("dataset", " crossings "), ("empty", ""), ("file", file(content))), str(tmp_path), LIMIT
    )
    assert fields == {"dataset": "crossings"}
    assert (upload.size, upload.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert uploads.place(tmp_path, upload.sha256).read_bytes() == content
    assert left_in(tmp_path) == [upload.sha256]


def test_the_same_bytes_twice_are_one_file(tmp_path) -> None:
    for name in ("a.csv", "b.csv"):
        read_form(environ(("file", file(b"same", name))), str(tmp_path), LIMIT)
    assert len(left_in(tmp_path)) == 1


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ([("file", file(b""))], EmptyFile),
        ([("dataset", "rates")], NoFile),
        ([("file", "no file but text")], NoFile),
        ([("other", file(b"content"))], NoFile),
        ([("file", file(b"x" * (LIMIT + 1)))], FileTooBig),
        ([("file", file(b"x" * (LIMIT + AROUND + 1)))], FileTooBig),
        ([("note", "x" * AROUND), ("file", file(b"content"))], FileTooBig),
    ],
)
def test_what_is_wrong_leaves_nothing_behind(tmp_path, parts, problem) -> None:
    with pytest.raises(problem):
        read_form(environ(*parts), str(tmp_path), LIMIT)
    assert left_in(tmp_path) == []


def test_a_request_that_breaks_off_leaves_nothing_behind(tmp_path) -> None:
    cut = environ(("file", file(b"x" * 100_000)))
    cut["wsgi.input"] = io.BytesIO(cut["wsgi.input"].read()[:60_000])
    with pytest.raises(Exception) as error:  # noqa: PT011
        read_form(cut, str(tmp_path), LIMIT)
    assert error.type is not MemoryError
    assert left_in(tmp_path) == []


def test_only_the_file_that_was_asked_for_is_kept(tmp_path) -> None:
    _, upload = read_form(environ(("other", file(b"other")), ("file", file(b"this", "b.csv"))), str(tmp_path), LIMIT)
    assert (upload.filename, left_in(tmp_path)) == ("b.csv", [upload.sha256])


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Tờ khai tháng 10.csv", "Tờ khai tháng 10.csv"),
        ("To\u031b\u0300 khai.csv", "Tờ khai.csv"),
        ("C:\\Users\\lan\\tờ khai.xlsx", "tờ khai.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.csv", "aSet-Cookie: x.csv"),
        ("\x00", "file"),
        ("dài" * 200 + ".csv", ("dài" * 200)[:200]),
    ],
)
def test_names_keep_their_letters_and_lose_folders_and_controls(sent, kept) -> None:
    assert clean_name(sent) == kept


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/csv", ""])
def test_another_kind_of_form_is_refused_before_a_byte_of_it_is_read(tmp_path, kind) -> None:
    class Unread(io.RawIOBase):
        def read(self, _size: int = -1) -> bytes:
            raise AssertionError("read into memory")

    sent = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": kind, "CONTENT_LENGTH": "1000000", "wsgi.input": Unread()}
    with pytest.raises(NoFile):
        read_form(sent, str(tmp_path), LIMIT)
