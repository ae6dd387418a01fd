"""One stack and one browser for all walks; a walk fails on anything a reader should not meet."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.stack import ROOT, Stack, running
from tests.browser.walk import Walk
from tests.everything import BROWSERS

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def stack(tmp_path_factory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def reader(request, stack, browser) -> Iterator[Callable[..., Walk]]:
    """Makes walks: reader(lang, width); at the end nothing may have been wrong on any of them."""
    folder = ROOT / "var" / "screenshots" / request.node.name.replace("/", "-")
    shutil.rmtree(folder, ignore_errors=True)
    walks: list[Walk] = []

    def make(lang: str, width: int, scheme: str = "light") -> Walk:
        locale = {"vi": "vi-VN", "km": "km-KH", "en": "en-GB"}[lang]
        screen = {"width": width, "height": 740 if width < 600 else 900}
        context = browser.new_context(viewport=screen, locale=locale, color_scheme=scheme, reduced_motion="reduce")
        context.set_default_timeout(20_000)
        walks.append(Walk(context.new_page(), stack, lang, width, folder))
        return walks[-1]

    yield make
    for walk in walks:
        walk.page.context.close()
    assert [wrong for walk in walks for wrong in walk.wrong] == []
