"""The built style, scripts, fonts and icons: hashed addresses, served compressed and for ever; answers compressed."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import brotli
from flask import Flask, Response, abort, request, send_file

DIST = Path(__file__).parent / "static" / "dist"
YEAR = 31_536_000
SMALLEST = 1_000
LARGEST = 8_000_000
TEXT = ("text/", "application/json", "application/problem+json", "application/xml", "image/svg+xml")
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


class NotBuilt(SystemExit):
    """The assets are missing; the start stops with one clear line."""

    def __init__(self) -> None:
        super().__init__("The front-end assets are not built. Run `make assets` (or python frontend/build.py).")


class Manifest(NamedTuple):
    """What the build made: names as templates write them -> hashed files, and the fonts each language needs."""

    files: dict[str, str]
    fonts: dict[str, list[str]]
    served: frozenset[str]


@cache
def manifest() -> Manifest:
    """The manifest this process started with: what it serves and what its kept pages name belong together."""
    try:
        built = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotBuilt() from None
    return Manifest(built["files"], built["fonts"], frozenset([*built["files"].values(), *built["chunks"]]))


def asset(name: str) -> str:
    """The address of a built file."""
    return f"/static/dist/{manifest().files[name]}"


def fonts_of(lang: str) -> list[str]:
    """The addresses of the fonts a page in this language shows first."""
    return [asset(name) for name in manifest().fonts.get(lang, [])]


def init_app(app: Flask) -> None:
    """The address of built files, the template globals, and compression of every text answer."""
    manifest()
    app.add_template_global(asset)
    app.add_template_global(fonts_of)
    app.add_url_rule("/static/dist/<path:name>", "asset", serve)
    app.after_request(compress)


def serve(name: str) -> Response:
    """A built file in the smallest form this browser takes. Its name changes with its content: cache it for ever."""
    if name not in manifest().served:
        abort(404)
    coding, path = "", DIST / name
    for candidate, suffix in ENCODINGS:
        packed = DIST / f"{name}{suffix}"
        if request.accept_encodings[candidate] and packed.exists():
            coding, path = candidate, packed
            break
    kind = "application/manifest+json" if name.endswith(".webmanifest") else None
    answer = send_file(path, mimetype=kind, download_name=name, etag=f"{name}{coding}", max_age=YEAR)
    answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    answer.vary.add("Accept-Encoding")
    if coding:
        answer.headers["Content-Encoding"] = coding
    return answer


def compress(answer: Response) -> Response:
    """Text above a kilobyte goes out compressed; no page has a secret beside reflected input that size would tell."""
    if (
        answer.is_streamed
        or answer.direct_passthrough
        or answer.status_code in {204, 206, 304}
        or "Content-Encoding" in answer.headers
        or not (answer.mimetype or "").startswith(TEXT)
    ):
        return answer
    answer.vary.add("Accept-Encoding")
    body = answer.get_data()
    if not SMALLEST < len(body) < LARGEST:
        return answer
    if request.accept_encodings["br"]:
        coding, packed = "br", brotli.compress(body, mode=brotli.MODE_TEXT, quality=4)
    elif request.accept_encodings["gzip"]:
        coding, packed = "gzip", gzip.compress(body, compresslevel=5, mtime=0)
    else:
        return answer
    answer.set_data(packed)
    answer.headers["Content-Encoding"] = coding
    etag, _ = answer.get_etag()
    if etag:
        answer.set_etag(etag, weak=True)
    return answer
