"""The demonstration as a whole: catalogue, people and trade data, loaded and removed together."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.db import Session, reading
from app.marketplace import demo as catalogue_demo
from app.trade import demo as trade_demo

SIGN_INS = "demo_sign_ins.txt"
OFFERED = "demo_offered"  # this installation once had the whole demonstration; a removed one does not come back


def load_once(settings: Mapping[str, Any], say: Callable[[str], Any]) -> None:
    """Load it into an installation that nobody uses yet; a load that was cut off begins again."""
    if (Path(settings["DATA_DIR"]) / OFFERED).exists():
        return
    if is_loaded():
        remove(settings)
    with reading() as session:
        used = session.scalar(select(Person.id).limit(1)) is not None
    if not used:
        load(settings, say)


def load(settings: Mapping[str, Any], say: Callable[[str], Any]) -> None:
    """Load all demonstration data, or nothing beside real figures; says what it does, since it takes some seconds."""
    trade_demo.refuse_beside_real_figures()
    say("Loading the demonstration catalogue …")
    with Session.begin() as session:
        passwords = catalogue_demo.load(session, settings)
    _keep(Path(settings["DATA_DIR"]) / SIGN_INS, passwords)
    say("Loading 36 months of demonstration trade data …")
    trade_demo.load(settings)
    (Path(settings["DATA_DIR"]) / OFFERED).touch()


def remove(settings: Mapping[str, Any]) -> None:
    """Remove all of it, with its files and sign-ins."""
    trade_demo.remove(settings)
    with Session.begin() as session:
        catalogue_demo.remove(session, settings)
    (Path(settings["DATA_DIR"]) / SIGN_INS).unlink(missing_ok=True)


def is_loaded() -> bool:
    """Whether demonstration people exist."""
    with reading() as session:
        return session.scalar(select(Person.id).where(Person.demo).limit(1)) is not None


def announcement(settings: Mapping[str, Any]) -> str:
    """What is printed at start: the address and the demonstration sign-ins, if there are any."""
    lines = ["", f"Mộc Xa is at {settings['PUBLIC_URL']}  (Ctrl-C stops it)"]
    kept = Path(settings["DATA_DIR"]) / SIGN_INS
    if kept.exists():
        lines += ["", "Demonstration sign-ins (made for this installation only):", kept.read_text(encoding="utf-8")]
    return "\n".join(lines)


def _keep(path: Path, passwords: Mapping[str, str]) -> None:
    width = max(len(email) for email in passwords)
    text = "".join(f"  {email:<{width}}  {password}\n" for email, password in passwords.items())
    with open(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
