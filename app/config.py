"""Every setting the project reads, in one table; a wrong value stops the start."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit


class WrongSetting(SystemExit):
    """A setting that cannot be used; printed as one clear line, exit status 2 by convention of `main`."""


class Setting(NamedTuple):
    name: str
    parse: Callable[[str], Any]
    default: str
    help: str


def _bool(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("write true or false")


def _positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise ValueError("must be a whole number above zero")
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError("must be a whole number, zero or more")
    return number


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text and urlsplit(text).scheme.split("+")[0] not in schemes:
            raise ValueError(f"must begin with one of {', '.join(s + '://' for s in schemes)}")
        return text

    return parse


def _database(text: str) -> str:
    url = _url("sqlite", "postgresql")(text)
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


SETTINGS = (
    Setting("DATA_DIR", str, "var", "Folder of the embedded database, uploads, lake and secrets"),
    Setting("DATABASE_URL", _database, "", "sqlite:///… or postgresql://…; empty: SQLite in DATA_DIR"),
    Setting("REDIS_URL", _url("redis", "rediss", "unix"), "", "Redis or Valkey; empty: an own server in DATA_DIR"),
    Setting("LAKE_URL", str, "", "Folder or fsspec URL of the Parquet lake; empty: DATA_DIR/lake"),
    Setting("SECRET_KEY", str, "", "At least 32 characters; empty: made once and kept in DATA_DIR/secret_key"),
    Setting(
        "PUBLIC_URL",
        _url("http", "https"),
        "",
        "Address people use; https turns on secure cookies; empty: http://127.0.0.1:PORT",
    ),
    Setting("HOST", str, "127.0.0.1", "Address the web server listens on"),
    Setting("PORT", _positive, "8000", "Port the web server listens on"),
    Setting("WEB_PROCESSES", _positive, "1", "Web server processes"),
    Setting("WEB_THREADS", _positive, "8", "Threads of each web server process"),
    Setting("WORKERS", _positive, "2", "Worker processes started by `mocxa run`"),
    Setting("PROXIES", _count, "0", "Number of reverse proxies in front whose X-Forwarded headers are trusted"),
    Setting(
        "SMTP_URL",
        _url("smtp", "smtps"),
        "",
        "smtp://user:password@host:587; empty: mail waits on the outbox page",
    ),
    Setting("MAIL_FROM", str, "Mộc Xa <no-reply@mocxa.example>", "Sender of every e-mail"),
    Setting("DEFAULT_LANGUAGE", str, "vi", "vi, km or en: used when neither address, person nor browser says"),
    Setting("MAX_UPLOAD_BYTES", _positive, str(2_000_000), "Largest request body outside customs imports"),
    Setting("MAX_IMPORT_BYTES", _positive, str(2_000_000_000), "Largest customs file"),
    Setting("LEASE_SECONDS", _positive, "60", "How long a worker may hold a piece of work without a sign of life"),
    Setting("SWEEP_SECONDS", _positive, "5", "How often each worker looks for work nobody finished"),
    Setting(
        "DUCKDB_MEMORY", str, "500MB", "Memory limit of DuckDB in one process; larger work spills to DATA_DIR/work"
    ),
    Setting(
        "DEMO",
        _bool,
        "false",
        "Demonstration: banner on every page, sign-ins printed at start, mail kept in the outbox page",
    ),
)


def load(overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Read each setting from the environment; an override wins. Raises `WrongSetting` naming the setting."""
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = os.environ.get(setting.name, "") or setting.default
        if overrides and setting.name in overrides:
            text = str(overrides[setting.name])
        try:
            values[setting.name] = setting.parse(text)
        except ValueError as error:
            shown = re.sub(r"//[^/@]*@", "//…@", text)  # a password has no place in a log
            raise WrongSetting(f"{setting.name}={shown!r}: {error}. {setting.help}.") from None
    return _derived(values)


def _derived(values: dict[str, Any]) -> dict[str, Any]:
    data = Path(values["DATA_DIR"]).expanduser().absolute()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)  # what lies in it is nobody else's to read
    values["DATA_DIR"] = str(data)
    values["DATABASE_URL"] = values["DATABASE_URL"] or f"sqlite:///{data / 'mocxa.db'}"
    values["PUBLIC_URL"] = values["PUBLIC_URL"].rstrip("/") or f"http://127.0.0.1:{values['PORT']}"
    values["LAKE_URL"] = values["LAKE_URL"] or str(data / "lake")
    if values["DEFAULT_LANGUAGE"] not in {"vi", "km", "en"}:
        raise WrongSetting("DEFAULT_LANGUAGE: write vi, km or en.")
    values["SECRET_KEY"] = values["SECRET_KEY"] or _kept_secret(data / "secret_key")
    if len(values["SECRET_KEY"]) < 32:
        raise WrongSetting("SECRET_KEY: at least 32 characters are needed.")
    return values


def _kept_secret(path: Path) -> str:
    """Made by whichever process comes first; the others never see half of it."""
    if not path.exists():
        made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with open(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_text()
