"""Settings: one table, and a wrong one stops the start with a line that names it."""

import pytest

from app import config
from app.config import WrongSetting


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    for setting in config.SETTINGS[1:]:
        monkeypatch.delenv(setting.name, raising=False)


def test_without_any_setting_everything_lies_in_the_data_folder(tmp_path) -> None:
    settings = config.load()
    assert settings["DATABASE_URL"] == f"sqlite:///{tmp_path}/mocxa.db"
    assert settings["LAKE_URL"] == f"{tmp_path}/lake"


def test_a_secret_is_made_once_and_kept_for_its_owner_only(tmp_path) -> None:
    first = config.load()["SECRET_KEY"]
    assert config.load()["SECRET_KEY"] == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_postgresql_is_spoken_to_through_psycopg() -> None:
    url = config.load({"DATABASE_URL": "postgresql://u:p@host/db"})["DATABASE_URL"]
    assert url == "postgresql+psycopg://u:p@host/db"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "eighty", "PORT='eighty'"),
        ("PORT", "0", "must be a whole number above zero"),
        ("DATABASE_URL", "mysql://x", "must begin with one of sqlite://, postgresql://"),
        ("REDIS_URL", "http://x", "REDIS_URL='http://x'"),
        ("DEMO", "perhaps", "write true or false"),
        ("DEFAULT_LANGUAGE", "fr", "write vi, km or en"),
        ("SECRET_KEY", "short", "at least 32 characters"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_names_itself(monkeypatch, name, value, said) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSetting) as stopped:
        config.load()
    assert said in str(stopped.value)


def test_the_address_people_use_follows_the_port() -> None:
    assert config.load({"PORT": "8123"})["PUBLIC_URL"] == "http://127.0.0.1:8123"


def test_an_override_wins_over_the_environment(monkeypatch) -> None:
    monkeypatch.setenv("PORT", "9000")
    assert config.load({"PORT": 9001})["PORT"] == 9001
