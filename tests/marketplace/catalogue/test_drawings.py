"""Every kind of goods has a picture the project drew itself."""

import csv
from xml.etree import ElementTree

import pytest

from app.marketplace.catalogue.drawings import ANY, FOLDER, drawing_for
from app.marketplace.demo.shipped import DATA

DRAWN = sorted(path.stem for path in FOLDER.glob("*.svg"))


def column(name: str, field: str) -> set[str]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return {row[field] for row in csv.DictReader(file)}


def test_every_drawing_that_is_named_is_there() -> None:
    named = column("demo_products.csv", "drawing") | column("drawings.csv", "drawing") | {ANY}
    assert named == set(DRAWN)


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_is_small_of_one_size_and_says_its_own_colours(name: str) -> None:
    text = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert len(text) < 2500
    assert root.get("viewBox") == "0 0 400 300"
    assert "currentColor" not in text
    assert {part.tag.rpartition("}")[2] for part in root.iter()} <= {"svg", "g", "path", "circle", "ellipse", "rect"}


@pytest.mark.parametrize(
    ("hs_code", "drawing"),
    [
        ("08013200", "cashew"),
        ("19059070", "rice-paper"),
        ("19053110", "biscuit"),
        ("64039190", "shoe"),
        ("97011000", "box"),
    ],
)
def test_goods_get_the_drawing_of_the_nearest_code(hs_code: str, drawing: str) -> None:
    assert drawing_for(hs_code) == drawing
