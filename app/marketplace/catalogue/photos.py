"""Photos: checked, turned upright, freed of everything but the picture, and kept in three widths under a SHA-256."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore

from flask_babel import lazy_gettext as _l
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import audit
from app.accounts.who import Caller
from app.errors import NotFound, Problem
from app.marketplace.catalogue import listing
from app.marketplace.catalogue.models import Photo, Product

WIDTHS = (320, 640, 1280)
FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_BYTES = 12_000_000
MOST_PIXELS = 50_000_000
SMALLEST_SIDE = 200
LONGEST_SIDE = 16_000  # WebP holds no more than 16,383
MOST_PHOTOS = 8
QUALITY = 80

_few_at_once = BoundedSemaphore(2)  # a picture of the most pixels takes 200 MB while it is open


class WrongPhoto(Problem):
    """The file is not taken as a photo."""

    status = 422


class NotAPicture(WrongPhoto):
    message = _l("“%(file)s” is not a picture we can read. Send a JPEG, PNG or WebP file.")


class BrokenPicture(WrongPhoto):
    message = _l("“%(file)s” is damaged or incomplete. Try to save or send it again.")


class TooManyBytes(WrongPhoto):
    message = _l("“%(file)s” is larger than %(most)s MB. Send a smaller file.")


class TooManyPixels(WrongPhoto):
    message = _l("“%(file)s” has more than %(most)s million pixels. Send a smaller picture.")


class TooLong(WrongPhoto):
    message = _l("“%(file)s” is too long: no side may have more than %(most)s pixels.")


class TooFewPixels(WrongPhoto):
    message = _l("“%(file)s” is too small: each side needs at least %(least)s pixels.")


class TooManyPhotos(WrongPhoto):
    message = _l("A product has at most %(most)s photos. Remove one first.")


@dataclass(frozen=True)
class Prepared:
    """A photo ready to be kept: the largest size, and the file for each width."""

    sha256: str
    width: int
    height: int
    files: dict[int, bytes]


def prepare(data: bytes, name: str) -> Prepared:
    """Check a file and make ours of it; raises `WrongPhoto`. Slow: outside any transaction."""
    if len(data) > LARGEST_BYTES:
        raise TooManyBytes(file=name, most=LARGEST_BYTES // 1_000_000)
    with _few_at_once:
        picture = _opened(data, name)
        try:
            picture.draft("RGB", (2 * WIDTHS[-1], 2 * WIDTHS[-1]))  # a JPEG is decoded no larger than needed
            upright = _plain(ImageOps.exif_transpose(picture))
        except Exception:  # what a damaged picture or its EXIF raises has no end
            raise BrokenPicture(file=name) from None
        sizes = {width: _scaled(upright, width) for width in WIDTHS}
        files = {width: _encoded(scaled) for width, scaled in sizes.items()}
    largest = sizes[WIDTHS[-1]]
    return Prepared(sha256(data).hexdigest(), largest.width, largest.height, files)


def attach(session: Session, who: Caller, product: Product, photo: Prepared, folder: Path) -> Photo | None:
    """Keep the files and put the photo last; the same photo twice is once, and answers None."""
    if len(product.photos) >= MOST_PHOTOS:
        raise TooManyPhotos(most=MOST_PHOTOS)
    before = _facts(product)
    if photo.sha256 in before["photos"]:
        return None
    for width, data in photo.files.items():
        _keep(path_of(folder, photo.sha256, width), data)
    row = Photo(
        sha256=photo.sha256,
        width=photo.width,
        height=photo.height,
        position=1 + max((shown.position for shown in product.photos), default=0),
    )
    product.photos.append(row)
    listing.note_change(session, who, product, before, _facts(product))
    return row


def remove(session: Session, who: Caller, product: Product, photo_id: int) -> None:
    """Take a photo off; its files go when nothing shows them any more (`forget_unused`)."""
    before = _facts(product)
    product.photos.remove(_photo(product, photo_id))
    listing.note_change(session, who, product, before, _facts(product))


def put_first(session: Session, who: Caller, product: Product, photo_id: int) -> None:
    """Show this photo first, and on cards. It was judged already, so nothing goes back to review."""
    before = _facts(product)
    chosen = _photo(product, photo_id)
    others = [photo for photo in product.photos if photo is not chosen]
    for position, photo in enumerate([chosen, *others], start=1):
        photo.position = position
    product.photos.sort(key=lambda photo: photo.position)
    after = _facts(product)
    audit.record(session, who, "product.photos_ordered", product, before=before, after=after, firm_id=product.firm_id)


def path_of(folder: Path, digest: str, width: int) -> Path:
    """Where the file of a photo lies."""
    return folder / digest[:2] / f"{digest}-{width}.webp"


def forget_unused(session: Session, folder: Path, older_than: datetime) -> int:
    """Delete files that no product shows, if they are older than a moment; how many photos went."""
    shown = set(session.scalars(select(Photo.sha256)))
    gone = set()
    for path in sorted(folder.glob("??/*")):
        digest = path.name.partition("-")[0]
        if (digest not in shown or path.suffix == ".part") and path.stat().st_mtime < older_than.timestamp():
            path.unlink(missing_ok=True)
            gone.add(digest)
    return len(gone)


def _opened(data: bytes, name: str) -> Image.Image:
    """The picture with only its head read, so that a bomb is refused before it is unpacked."""
    try:
        picture = Image.open(BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels(file=name, most=MOST_PIXELS // 1_000_000) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise NotAPicture(file=name) from None
    if picture.width * picture.height > MOST_PIXELS:
        raise TooManyPixels(file=name, most=MOST_PIXELS // 1_000_000)
    if max(picture.size) > LONGEST_SIDE:
        raise TooLong(file=name, most=LONGEST_SIDE)
    if min(picture.size) < SMALLEST_SIDE:
        raise TooFewPixels(file=name, least=SMALLEST_SIDE)
    return picture


def _plain(picture: Image.Image) -> Image.Image:
    """Only the picture: no place, camera, thumbnail or profile, and white where it was transparent."""
    seen = picture.convert("RGBA") if picture.mode in {"LA", "PA", "RGBA", "P"} else picture.convert("RGB")
    ground = Image.new("RGB", seen.size, "white")
    ground.paste(seen, mask=seen if seen.mode == "RGBA" else None)
    return ground


def _scaled(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    return picture.resize((width, max(1, round(picture.height * width / picture.width))), Image.Resampling.LANCZOS)


def _encoded(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def _keep(path: Path, data: bytes) -> None:
    """Write once; a reader never sees half a file."""
    if path.exists():
        path.touch()  # in use again: not to be forgotten before its row is committed
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_suffix(f".{secrets.token_hex(4)}.part")
    whole.write_bytes(data)
    whole.replace(path)


def _photo(product: Product, photo_id: int) -> Photo:
    found: Iterator[Photo] = (photo for photo in product.photos if photo.id == photo_id)
    if (photo := next(found, None)) is None:
        raise NotFound()
    return photo


def _facts(product: Product) -> dict[str, list[str]]:
    return {"photos": [photo.sha256 for photo in product.photos]}
