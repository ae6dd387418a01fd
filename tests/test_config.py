"""Settings: one table, and a wrong one stops the start with a line that names it."""

import secrets
import threading
import time

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
        ("PROXIES", "-1", "zero or more"),
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


def test_two_processes_that_start_at_once_have_the_same_secret(monkeypatch) -> None:
    def slow(_bytes: int) -> str:
        time.sleep(0.2)
        return "s" * 64

    monkeypatch.setattr(secrets, "token_urlsafe", slow)
    found = []
    threads = [threading.Thread(target=lambda: found.append(config.load()["SECRET_KEY"])) for _ in range(2)]
    for thread in threads:
        thread.start()
        time.sleep(0.05)
    for thread in threads:
        thread.join()
    assert found == ["s" * 64] * 2


@pytest.mark.parametrize("secret", ["", "s" * 40])
def test_the_data_folder_is_made_and_only_for_its_owner(tmp_path, monkeypatch, secret) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new" / "var"))
    monkeypatch.setenv("SECRET_KEY", secret)
    config.load()
    assert (tmp_path / "new" / "var").stat().st_mode & 0o777 == 0o700


def test_a_wrong_address_is_told_without_its_password(monkeypatch) -> None:
    monkeypatch.setenv("SMTP_URL", "smpt://mocxa:very-secret@mail.test.example")
    with pytest.raises(WrongSetting) as stopped:
        config.load()
    assert "mail.test.example" in str(stopped.value)
    assert "very-secret" not in str(stopped.value)


def test_addresses_in_letters_have_one_slash() -> None:
    assert config.load({"PUBLIC_URL": "https://mocxa.test.example/"})["PUBLIC_URL"] == "https://mocxa.test.example"
