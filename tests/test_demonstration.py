"""The demonstration is offered once to a new installation, and does not come back when it was taken away."""

import pytest

from app import demonstration
from app.trade.demo import RealFiguresThere


@pytest.fixture
def settings(tmp_path) -> dict:
    return {"DATA_DIR": str(tmp_path)}


@pytest.fixture
def loads(monkeypatch, session) -> list[str]:
    """What the two halves were asked to do, without doing it."""
    asked: list[str] = []
    monkeypatch.setattr(demonstration.catalogue_demo, "load", lambda *_: asked.append("catalogue") or {"a@b": "c"})
    monkeypatch.setattr(demonstration.trade_demo, "load", lambda *_: asked.append("trade"))
    monkeypatch.setattr(demonstration.trade_demo.clearing, "has_real_figures", lambda _session: False)
    monkeypatch.setattr(demonstration.catalogue_demo, "remove", lambda *_: asked.append("remove catalogue"))
    monkeypatch.setattr(demonstration.trade_demo, "remove", lambda *_: asked.append("remove trade"))
    return asked


def test_a_new_installation_gets_it_and_the_second_start_does_not_load_again(settings, loads) -> None:
    demonstration.load_once(settings, str)
    demonstration.load_once(settings, str)
    assert loads == ["catalogue", "trade"]


def test_once_removed_it_stays_away(settings, loads) -> None:
    demonstration.load_once(settings, str)
    demonstration.remove(settings)
    loads.clear()
    demonstration.load_once(settings, str)
    assert loads == []


def test_a_load_that_was_cut_off_begins_again(settings, loads, make) -> None:
    make.person(demo=True, email="buyer@demo.example")
    with pytest.raises(RuntimeError), pytest.MonkeyPatch.context() as patch:
        patch.setattr(demonstration.trade_demo, "load", lambda *_: (_ for _ in ()).throw(RuntimeError("cut off")))
        demonstration.load(settings, str)
    loads.clear()
    demonstration.load_once(settings, str)
    assert loads[:2] == ["remove trade", "remove catalogue"]


def test_an_installation_with_people_of_its_own_is_left_alone(settings, loads, make) -> None:
    make.person(email="real@tayninh.example")
    demonstration.load_once(settings, str)
    assert loads == []


def test_the_sign_ins_are_printed_and_readable_by_their_owner_only(settings, loads, tmp_path) -> None:
    demonstration.load(settings, str)
    said = demonstration.announcement(settings | {"PUBLIC_URL": "http://127.0.0.1:8000"})
    assert "http://127.0.0.1:8000" in said
    assert "a@b  c" in said
    assert (tmp_path / demonstration.SIGN_INS).stat().st_mode & 0o777 == 0o600


def test_beside_real_figures_nothing_is_loaded_not_even_the_catalogue(settings, loads, monkeypatch) -> None:
    monkeypatch.setattr(demonstration.trade_demo.clearing, "has_real_figures", lambda _session: True)
    with pytest.raises(RealFiguresThere):
        demonstration.load(settings, str)
    assert loads == []
