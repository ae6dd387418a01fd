"""The two paths of the house as a person clicks through them, page by page."""

import re

from playwright.sync_api import expect

from tests.browser.walk import Walk
from tests.trade.delivering import HEADS, csv, declaration

GOODS = {"vi": "banh trang sieu mong", "km": "នំបាញ់ត្រាងស្តើង"}
SLUG = "banh-trang-sieu-mong-300-g"
QUANTITY = "600"
DELIVERED = 4  # lines of the customs file that are good; one more names a gate that does not exist


def choose(buyer: Walk) -> None:
    """Type, see suggestions, search, open the product, choose a quantity, put it in the cart."""
    page = buyer.page
    buyer.visit("/", "shop")
    page.locator("#q").press_sequentially(GOODS[buyer.lang], delay=20)
    expect(page.locator(f".suggestions a[href$='/products/{SLUG}']")).to_be_visible()
    buyer.look("suggestions", ".find")
    buyer.press(".find button")
    buyer.look("found")
    buyer.press(f".goods a[href$='/products/{SLUG}']")
    buyer.look("product")
    with page.expect_response(lambda answer: f"quantity={QUANTITY}" in answer.url):
        page.locator("#quantity").fill(QUANTITY)
    expect(page.locator(".offer-total")).to_contain_text({"vi": "12.000.000", "km": "12,000,000"}[buyer.lang])
    buyer.press(".offer-form button[type=submit]")
    buyer.look("cart")
    assert page.locator(".ware").count() == 1
    expect(page.locator(".ware .quantity")).to_have_value(QUANTITY)


def order(buyer: Walk) -> str:
    """From the cart through sign-in and checkout to the placed order; its number."""
    page = buyer.page
    buyer.press("a[href$='/checkout']")
    buyer.look("sign-in")
    page.fill("#f-email", "buyer@demo.example")
    page.fill("#f-password", buyer.stack.passwords["buyer@demo.example"])
    buyer.press("main form .button-primary")
    assert page.url.endswith("/checkout"), page.url
    page.fill("#f-name", "Sok Dara")
    page.fill("#f-phone", "+855 12 345 678")
    buyer.look("checkout")
    buyer.press("main form .button[type=submit]")
    found = re.search(r"/orders/(MX-[0-9-]+)", page.url)
    assert found, page.url
    buyer.look("placed")
    return found[1]


def step(person: Walk, number: str, to: str) -> None:
    """Press the button of one step of an order and see the page after it."""
    person.go(f"/orders/{number}")
    person.press(f"form:has(input[name=to][value={to}]) button")
    person.look(to.replace("_", "-"))
    expect(person.page.locator(".route [aria-current], .route .done").last).to_be_visible()


def customs_file(month: str) -> bytes:
    """Four exports of a million and a half dollars and one line through a gate nobody knows."""
    day = f"16/{month[5:]}/{month[:4]}"
    changed = {"Ngày đăng ký": day, "Trị giá nguyên tệ": "1.500.000,00", "Trọng lượng tịnh (kg)": "2.000.000"}
    tens = int(month[5:]) * 10
    good = [declaration(tens + line, **changed) for line in range(DELIVERED)]
    return csv(HEADS, [*good, declaration(tens + 9, **{**changed, "Cửa khẩu": "Cửa khẩu Trên Trời"})])


def send(economist: Walk, month: str) -> None:
    """Send a customs file and wait until it is read; the wrong line is told."""
    page = economist.page
    economist.visit("/trade/imports", "customs-files")
    name = f"to-khai-{month}.csv"
    page.set_input_files("#f-file", {"name": name, "mimeType": "text/csv", "buffer": customs_file(month)})
    page.check("input[name=dataset][value=declarations]")
    page.select_option("#f-source", "")
    page.fill("#f-new_source", f"Hải quan thử {economist.lang} {economist.width}")
    economist.press(".send-file .button-primary")
    expect(page.locator("#findings")).to_be_visible(timeout=60_000)
    economist.look("read")
    assert "Cửa khẩu Trên Trời" in page.locator("#findings").inner_text()
    held = [text.strip() for text in page.locator(".decision .stat-value b").all_inner_texts()]
    assert held[:2] == [str(DELIVERED), "1"]


def accept(economist: Walk) -> None:
    """Accept the good lines and wait until the worker has published them."""
    economist.press(".decision .button-primary")
    expect(economist.page.locator("#published")).to_be_visible(timeout=60_000)
    economist.look("published")


def see_figure(reader: Walk, month: str) -> None:
    """The dashboard of that month shows what was delivered: 4 × 1.5 million dollars of exports, nothing else."""
    reader.visit(f"/trade/?gate=moc-bai&direction=export&from={month}&to={month}", "dashboard")
    shown = reader.page.locator(".tile .stat-value b").first.inner_text()
    assert shown == {"vi": "6,0", "km": "6.0"}[reader.lang]
    assert reader.page.locator("figure[data-state=drawn] .main-svg").count() > 0
