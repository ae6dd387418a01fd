"""A spreadsheet as a CSV file, written by a child process with limits: a damaged workbook can only kill the child."""

import csv
import json
import resource
import signal
import subprocess
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from app.trade.detecting import BadFile

MEMORY = 1_400_000_000
SECONDS = 300
UNPACKED = 2_000_000_000  # a workbook whose parts are larger is a bomb
RATIO = 200


def to_csv(path: Path, target: Path) -> str:
    """Write the first visible sheet with rows to `target`; its name. Raises `BadFile`."""
    _refuse_bombs(path)
    command = [sys.executable, "-m", "app.trade.sheets", str(path), str(target)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False, text=True)
    except subprocess.TimeoutExpired:
        raise BadFile(_l("The spreadsheet takes too long to open. Save it as CSV and send that.")) from None
    if done.returncode != 0 or not done.stdout.strip():
        raise BadFile(_l("The spreadsheet is damaged, locked by a password or has no rows."))
    return str(json.loads(done.stdout.strip().splitlines()[-1])["sheet"])


def _refuse_bombs(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile:
        raise BadFile(_l("The file is cut off or damaged. Export it again and send the new copy.")) from None
    if unpacked > UNPACKED or unpacked > RATIO * max(path.stat().st_size, 50_000):
        raise BadFile(_l("The spreadsheet unpacks to far more than its size. Save it as CSV and send that."))


def main(path: str, target: str) -> None:
    """Runs in the child; the worker that started it may have kept signals to itself."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    workbook = CalamineWorkbook.from_path(path)
    for meta in workbook.sheets_metadata:
        if meta.visible != SheetVisibleEnum.Visible:
            continue
        rows = workbook.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
        if rows:
            with Path(target).open("w", newline="", encoding="utf-8") as file:
                csv.writer(file, lineterminator="\n").writerows([_text(cell) for cell in row] or [""] for row in rows)
            sys.stdout.write(json.dumps({"sheet": meta.name}) + "\n")
            return
    raise SystemExit(3)


def _text(cell: Any) -> str:
    if isinstance(cell, bool) or cell is None:
        return "" if cell is None else str(cell).lower()
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d") if cell.time() == time(0) else cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return str(cell).replace("\x00", "").replace("\n", " ").replace("\r", " ")


def _number(value: float) -> str:
    """A typed number has no style of its own: four decimals or none, so that it is never taken for a grouped one."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.10f}".rstrip("0")
    decimals = len(text.partition(".")[2])
    return text + "0" * max(0, 4 - decimals)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
