"""Photos: what is taken, what is taken out, and what is refused with which words."""

import struct
import zlib
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from app.accounts.models import AuditEntry
from app.db import now
from app.errors import NotFound
from app.marketplace.catalogue import photos
from app.marketplace.catalogue.models import Photo
from app.signin_state import caller_of


def picture(size=(1600, 1200), kind="JPEG", mode="RGB", colour="red", **more) -> bytes:
    out = BytesIO()
    Image.new(mode, size, colour).save(out, kind, **more)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


@pytest.fixture
def product(make):
    return make.product(state="draft")


@pytest.fixture
def seller(session, make, product):
    return caller_of(session, make.member(product.firm).id)


def test_a_photo_is_kept_in_three_widths_as_webp() -> None:
    ready = photos.prepare(picture(), "a.jpg")
    assert {width: opened(data).size for width, data in ready.files.items()} == {
        320: (320, 240),
        640: (640, 480),
        1280: (1280, 960),
    }
    assert {opened(data).format for data in ready.files.values()} == {"WEBP"}
    assert (ready.width, ready.height, len(ready.sha256)) == (1280, 960, 64)


def test_a_small_photo_is_not_blown_up() -> None:
    ready = photos.prepare(picture((500, 400)), "a.jpg")
    assert [opened(data).size for data in ready.files.values()] == [(320, 256), (500, 400), (500, 400)]


def test_place_and_camera_are_taken_out_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8825)[1] = "N"
    data = picture((800, 600), exif=exif)
    assert b"Camera" in data
    ready = photos.prepare(data, "a.jpg")
    for kept in ready.files.values():
        assert b"Camera" not in kept
        assert dict(opened(kept).getexif()) == {}
        assert not opened(kept).info.get("exif")
    assert (ready.width, ready.height) == (600, 800)


@pytest.mark.parametrize("size", [(200, 16_001), (16_001, 200), (300, 60_000)])
def test_a_picture_longer_than_the_format_holds_is_refused_in_words(size) -> None:
    with pytest.raises(photos.TooLong):
        photos.prepare(picture(size, "PNG"), "a.png")


def test_a_picture_whose_exif_is_nonsense_is_refused_in_words() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned, so that the rest is written anew
    exif[0x010F] = "Camera"
    data = picture((800, 600), exif=exif)
    text_as_white_point = data.replace(b"\x01\x0f\x00\x02", b"\x01\x3e\x00\x02", 1)
    assert text_as_white_point != data
    with pytest.raises(photos.BrokenPicture):
        photos.prepare(text_as_white_point, "a.jpg")


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "LA"), ("PNG", "L"), ("JPEG", "CMYK"), ("WEBP", "RGB")]
)
def test_every_usual_way_of_colour_is_taken(kind: str, mode: str) -> None:
    colour = {"RGBA": (0, 0, 0, 0), "P": 0, "LA": (0, 0), "L": 255, "CMYK": (0, 0, 0, 0), "RGB": "white"}[mode]
    ready = photos.prepare(picture((400, 300), kind, mode, colour), "a")
    seen = opened(ready.files[320])
    assert seen.mode == "RGB"
    if mode in {"RGBA", "LA", "L", "CMYK", "RGB"}:
        assert min(seen.getpixel((10, 10))) > 240  # what was transparent is white


def huge_png(width: int, height: int) -> bytes:
    """The head of a picture of any size, with a body that is tiny."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", photos.NotAPicture),
        (b"%PDF-1.7 no picture", photos.NotAPicture),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", photos.NotAPicture),
        (picture((300, 300), "GIF"), photos.NotAPicture),
        (picture((300, 300), "BMP"), photos.NotAPicture),
        (picture()[:2000], photos.BrokenPicture),
        (huge_png(400, 300), photos.BrokenPicture),
        (huge_png(8000, 7000), photos.TooManyPixels),
        (huge_png(60000, 60000), photos.TooManyPixels),
        (picture((199, 800)), photos.TooFewPixels),
        (b"\xff\xd8" + b"0" * photos.LARGEST_BYTES, photos.TooManyBytes),
    ],
)  # fmt: skip
def test_a_file_that_is_no_fit_photo_is_refused_by_name(data: bytes, problem: type[photos.WrongPhoto]) -> None:
    with pytest.raises(problem) as refused:
        photos.prepare(data, "ảnh.jpg")
    assert refused.value.details["file"] == "ảnh.jpg"
    assert "ảnh.jpg" in refused.value.text()


def test_files_lie_under_their_sha256_and_the_same_photo_is_kept_once(session, product, seller, tmp_path) -> None:
    ready = photos.prepare(picture(), "a.jpg")
    first = photos.attach(session, seller, product, ready, tmp_path)
    assert photos.attach(session, seller, product, ready, tmp_path) is None
    assert [photo.sha256 for photo in product.photos] == [first.sha256]
    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        ready.sha256[:2], *(f"{ready.sha256}-{width}.webp" for width in (1280, 320, 640)),
    ]  # fmt: skip


def test_a_product_has_at_most_eight_photos(session, make, product, seller, tmp_path) -> None:
    product.photos = [Photo(sha256=str(n), width=1, height=1) for n in range(8)]
    with pytest.raises(photos.TooManyPhotos):
        photos.attach(session, seller, product, photos.prepare(picture(), "a"), tmp_path)


def test_a_new_photo_sends_a_published_product_to_review_and_ordering_does_not(
    session, product, seller, tmp_path
) -> None:
    for colour in ("red", "blue"):
        photos.attach(session, seller, product, photos.prepare(picture(colour=colour), "a"), tmp_path)
    session.flush()
    product.state = "published"
    second = product.photos[1]
    photos.put_first(session, seller, product, second.id)
    session.flush()
    session.refresh(product)
    assert product.photos[0].id == second.id
    assert product.state == "published"
    photos.remove(session, seller, product, second.id)
    assert product.state == "pending"
    assert (
        session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc())).first() == "product.back_to_review"
    )


def test_a_photo_of_another_product_is_not_there(session, make, product, seller) -> None:
    other = make.product(photos=[Photo(sha256="0" * 64, width=1, height=1)])
    for verb in (photos.remove, photos.put_first):
        with pytest.raises(NotFound):
            verb(session, seller, product, other.photos[0].id)


def test_files_nothing_shows_are_forgotten_after_a_while(session, product, seller, tmp_path) -> None:
    kept, gone = photos.prepare(picture(), "a"), photos.prepare(picture(colour="blue"), "b")
    photos.attach(session, seller, product, kept, tmp_path)
    photos.attach(session, seller, product, gone, tmp_path)
    session.flush()
    photos.remove(session, seller, product, product.photos[1].id)
    session.flush()
    assert photos.forget_unused(session, tmp_path, now() - timedelta(hours=1)) == 0
    assert photos.forget_unused(session, tmp_path, now() + timedelta(hours=1)) == 1
    assert {path.name[:64] for path in tmp_path.rglob("*.webp")} == {kept.sha256}
