"""One reader walking through pages, who notices everything that is wrong on the way."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response

from tests.browser.stack import ROOT, Stack

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LISTEN = """
window.__refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
SCROLL = """async () => {
  for (let at = 0; at < document.documentElement.scrollHeight; at += 700) {
    scrollTo(0, at);
    await new Promise(requestAnimationFrame);
  }
  scrollTo(0, 0);
}"""
SETTLED = """() => document.fonts.status === "loaded" && !document.querySelector(".htmx-request")
  && [...document.images].every((image) => image.complete)
  && !document.querySelector("figure:is([data-state=waiting], [data-state=loading])")"""
RUN_AXE = """async ([tags, part]) => {
  const found = await axe.run(part, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
  const told = (node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`;
  return found.violations.map((rule) => `${rule.id}: ${rule.nodes.map(told).join(" | ")}`);
}"""


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


@dataclass
class Walk:
    """A page of a browser, a language and a width; `wrong` collects what no reader should meet."""

    page: Page
    stack: Stack
    lang: str
    width: int
    pictures: Path
    wrong: list[str] = field(default_factory=list)
    expected_statuses: set[int] = field(default_factory=set)
    count: int = 0

    def __post_init__(self) -> None:
        self.page.add_init_script(LISTEN)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def go(self, path: str, status: int = 200) -> None:
        """Open /{lang}{path}; the answer must have this status."""
        self.expected_statuses = {status}
        answer = self.page.goto(f"{self.stack.address}/{self.lang}{path}")
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"

    def look(self, name: str, part: str = "html") -> None:
        """Notice what is wrong with the page (or an open part over it) as it is now, and keep a picture of it."""
        page = self.page
        page.wait_for_load_state("load")
        self._scroll_through()
        page.wait_for_function(SETTLED)
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if too_wide > 0:
            self.wrong.append(f"{name}: {too_wide} px wider than the screen: {self._widest()}")
        self.wrong += [f"{name}: {found}" for found in self._undrawn()]
        page.evaluate(_axe())
        self.wrong += [f"{name}: {found}" for found in page.evaluate(RUN_AXE, [RULES, part])]
        self.wrong += [f"{name}: refused by policy: {found}" for found in page.evaluate("window.__refused")]
        self.count += 1
        self.pictures.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=self.pictures / f"{self.count:02}-{name}.png", full_page=True)

    def visit(self, path: str, name: str, status: int = 200) -> None:
        self.go(path, status)
        self.look(name)

    def sign_in(self, who: str) -> None:
        """As a person of the demonstration, through the form."""
        email = f"{who}@demo.example"
        self.go("/sign-in")
        self.page.fill("#f-email", email)
        self.page.fill("#f-password", self.stack.passwords[email])
        self.press("main form .button-primary")

    def press(self, selector: str) -> None:
        """Press a button or a link that leads to another page."""
        self.expected_statuses = {200}
        self.page.evaluate("window.__left = true")
        self.page.locator(selector).first.click()
        # A changed address alone is no new page: the mark is gone only when another document is there.
        self.page.wait_for_function("() => !window.__left && document.readyState === 'complete'")

    def _scroll_through(self) -> None:
        """Figures are drawn when they come near: see them all, then go back up."""
        self.page.evaluate(SCROLL)

    def _undrawn(self) -> list[str]:
        failed = self.page.locator("figure[data-state=failed] figcaption h2").all_inner_texts()
        return [f"not drawn: {title}" for title in failed]

    def _widest(self) -> Any:
        return self.page.evaluate(
            "() => [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right"
            " > document.documentElement.clientWidth + 1).map((e) => e.tagName + '.' + e.className).slice(0, 6)"
        )

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        if any(f"status of {status} " in message.text for status in self.expected_statuses - {200}):
            return
        self.wrong.append(f"console on {self.page.url}: {message.text}")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc != urlsplit(self.stack.address).netloc:
            self.wrong.append(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.wrong.append(f"{response.status} from {response.url}")
