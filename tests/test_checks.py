"""`mocxa check` beyond the books of orders: who can read the data, and whether every file is where the rows say."""

import pytest

from app import checks
from app.marketplace.catalogue.models import Photo
from app.marketplace.catalogue.photos import WIDTHS, path_of
from app.trade import uploads
from app.trade.models import LakeFile


@pytest.fixture
def settings(tmp_path) -> dict[str, str]:
    data = tmp_path / "var"
    data.mkdir(mode=0o700)
    return {"DATA_DIR": str(data), "LAKE_URL": str(tmp_path / "lake")}


def found(settings: dict[str, str], name: str) -> checks.Finding:
    return next(finding for finding in checks.run(settings) if finding.name == name)


def test_a_data_folder_that_everybody_can_read_is_a_fault(session, settings, tmp_path) -> None:
    assert found(settings, "data folder").ok
    (tmp_path / "var").chmod(0o755)
    assert not found(settings, "data folder").ok


def test_every_file_that_a_row_names_has_to_be_there(session, make, settings, tmp_path) -> None:
    brought = make.delivered(make.source(), "2025-01")
    photo = make.keep(Photo(product_id=make.product().id, sha256="ab" * 32, width=10, height=10))
    places = [
        uploads.place(settings["DATA_DIR"], brought.sha256),
        *(path_of(tmp_path / "var" / "photos", photo.sha256, width) for width in WIDTHS),
        tmp_path / "lake" / session.query(LakeFile).one().path,
    ]
    for path in places:
        missing = found(settings, "stored files")
        assert (missing.ok, missing.detail.startswith("5 named, missing: ")) == (False, True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"there")
    assert found(settings, "stored files") == checks.Finding("stored files", True, "5 named")
