"""Fixtures of the engine."""

from pathlib import Path

import pytest

from tests.trade.desk import Desk, desk_in


@pytest.fixture
def desk(engine, clean, tmp_path: Path) -> Desk:
    return desk_in(tmp_path, str(engine.url.render_as_string(hide_password=False)))
