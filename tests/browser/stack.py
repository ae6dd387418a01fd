"""A whole stack for the browser: database with the demonstration, Redis, web server and one worker."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests import servers

ROOT = Path(__file__).parent.parent.parent
PREPARE = """
from pathlib import Path
from app import config, db, demonstration, registry
from app.db import Base, Session
from app.reference.load import load_reference
assert registry
settings = config.load()
Path(settings["DATA_DIR"]).mkdir(parents=True, exist_ok=True)
Base.metadata.create_all(db.connect(settings["DATABASE_URL"]))
with Session.begin() as session:
    load_reference(session)
demonstration.load(settings, print)
"""


@dataclass
class Stack:
    """Where it listens, and the demonstration's passwords by e-mail."""

    address: str
    folder: Path
    passwords: dict[str, str] = field(default_factory=dict)


def read_passwords(folder: Path) -> dict[str, str]:
    lines = (folder / "demo_sign_ins.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines if line.strip())


@contextmanager
def running(folder: Path) -> Iterator[Stack]:
    """Start everything, yield, stop everything."""
    with servers.redis() as redis_url:
        environment = {
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}/mocxa.db",
            "REDIS_URL": redis_url,
            "DEMO": "true",
            "WORKERS": "1",
            "SWEEP_SECONDS": "1",
        }
        everything = os.environ | environment
        subprocess.run([sys.executable, "-c", PREPARE], env=everything, cwd=ROOT, check=True, timeout=300)
        worker = subprocess.Popen([sys.executable, "-m", "workers"], env=everything, cwd=ROOT)
        try:
            with servers.web(environment) as address:
                yield Stack(address, folder, read_passwords(folder))
        finally:
            worker.terminate()
            worker.wait(60)
