"""`make test`: format, lint, types, and every test on SQLite and on a throw-away PostgreSQL.

What cannot run for want of a program is named at the end; with CI=true it is a failure.
"""

import os
import shutil
import subprocess
import sys
import time

from tests import servers

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def missing_programs() -> list[str]:
    """Programs without which something below cannot run."""
    missing = []
    if not (servers.postgres_program("initdb") and servers.postgres_program("postgres")):
        missing.append("PostgreSQL server (package postgresql): the suite on PostgreSQL")
    if not any(map(shutil.which, BROWSERS)):
        missing.append("Chromium (package chromium): the walks in a real browser")
    return missing


def step(name: str, *command: str, **environment: str) -> bool:
    """Run one step, loudly; whether it passed."""
    print(f"\n── {name}", flush=True)
    started = time.monotonic()
    passed = (
        subprocess.run([sys.executable, "-m", *command], env=os.environ | environment, check=False).returncode == 0
    )
    print(f"── {name}: {'passed' if passed else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return passed


def main() -> int:
    quick, absent = "--quick" in sys.argv, missing_programs()
    pytest = ("pytest", "-q", "-n", os.environ.get("TEST_PROCESSES", "2"), "--dist", "loadfile")
    passed = [
        step("format", "ruff", "format", "--check", "."),
        step("lint", "ruff", "check", "."),
        step("types", "mypy"),
    ]
    if quick:
        passed.append(step("tests on SQLite", *pytest, "-m", "not browser and not faults and not real_data"))
    else:
        passed.append(step("tests on SQLite", *pytest))
        if servers.postgres_program("initdb"):
            with servers.postgres() as url:
                on_postgres = ("-m", "not browser and not real_data")
                passed.append(step("tests on PostgreSQL", *pytest, *on_postgres, TEST_DATABASE_URL=url))
    for program in absent:
        print(f"NOT RUN for want of {program}")
    if absent and os.environ.get("CI") == "true":
        print("CI=true: what cannot run counts as failed.")
        return 1
    print("\nAll passed." if all(passed) else "\nSomething FAILED; see above.")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
