"""Large public files that are not part of the project: where they are, and what is skipped without them."""

from pathlib import Path

import pytest

from tests import shared
from tests.trade.desk import Desk, desk_in

FOLDER = shared.DATA


@pytest.fixture
def real():
    """The path of a public file; the test is skipped where it is not kept."""

    def find(path: str) -> Path:
        found = FOLDER / path
        if not found.exists():
            pytest.skip(f"the public file {path} is not here (set MOCXA_SHARED_DATA to its folder)")
        return found

    return find


@pytest.fixture
def desk(engine, clean, tmp_path: Path) -> Desk:
    return desk_in(tmp_path, engine.url.render_as_string(hide_password=False))
