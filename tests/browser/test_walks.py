"""What people do here, done in a real browser, in Vietnamese and Khmer, on a phone and on a desk."""

import pytest

from tests.browser import paths

pytestmark = pytest.mark.browser

EVERY = [(lang, width) for lang in ("vi", "km") for width in (360, 1280)]
READERS = pytest.mark.parametrize(("lang", "width"), EVERY)

MONTHS = {("vi", 360): "2026-07", ("vi", 1280): "2026-08", ("km", 360): "2026-09", ("km", 1280): "2026-10"}

# The pages of each role that need no other step before.
PAGES = {
    None: ["/?q=duong&gate=moc-bai", "/?q=zzzz", "/products/muoi-tom-tay-ninh-hu-150-g", "/firms/dac-san-trang-non",
           "/sign-in", "/register", "/reset", "/gates", "/gates/moc-bai", "/hs", "/hs/1905", "/cart",
           "/trade/", "/trade/transit", "/trade/province", "/trade/provenance"],
    "buyer": ["/orders", "/account"],
    "seller": ["/seller/", "/seller/products", "/seller/products/new", "/seller/products/1", "/seller/orders",
               "/seller/firm"],
    "moderator": ["/moderation/", "/moderation/firms", "/moderation/orders", "/moderation/products/115"],
    "economist": ["/trade/imports", "/trade/imports/1", "/trade/sources", "/trade/sources/new", "/trade/formats"],
    "admin": ["/admin/", "/admin/people", "/admin/people/1", "/admin/gates", "/admin/gates/moc-bai", "/admin/rates",
              "/admin/jobs", "/admin/audit", "/outbox"],
}  # fmt: skip


@READERS
def test_the_frame_stands_even_where_there_is_nothing(reader, lang, width) -> None:
    walk = reader(lang, width)
    walk.visit("/nothing-here", "not-found", status=404)
    assert walk.page.locator(".tongues a").all_inner_texts() == ["Tiếng Việt", "ខ្មែរ", "English"]
    assert walk.page.locator("a.cart").is_visible()
    walk.page.locator(".coin summary").click()
    walk.look("currencies")
    walk.page.keyboard.press("Escape")
    assert not walk.page.locator(".coin form").is_visible()


def test_a_walk_notices_what_is_wrong(reader) -> None:
    walk = reader("en", 360)
    walk.go("/nothing-here", 404)
    walk.page.evaluate(
        """() => {
          document.querySelector("main").insertAdjacentHTML("beforeend", `<input id=unnamed><p style="color: red">x
            <img alt="" src="https://elsewhere.example/x.png"><p id=wide>x</p>`);
          document.getElementById("wide").style.width = "400px";
          console.error("said aloud");
        }"""
    )
    walk.look("wrong")
    noticed = "\n".join(walk.wrong)
    walk.wrong.clear()
    for part in ("px wider", "label: #unnamed", "style-src-attr inline", "img-src https://elsewhere", "said aloud"):
        assert part in noticed


@READERS
@pytest.mark.parametrize("path", ["/", "/products/muoi-tom-tay-ninh-hu-150-g"])
def test_a_shop_page_is_light_and_stands_still(reader, lang, width, path) -> None:
    walk = reader(lang, width)
    walk.page.add_init_script(
        """new PerformanceObserver((seen) => {
          for (const shift of seen.getEntries()) window.__shift = (window.__shift ?? 0) + shift.value;
        }).observe({type: "layout-shift", buffered: true});"""
    )
    walk.go(path)  # the fonts are here from now on: how their coming is eased is told by the style (test_assets)
    walk.go(path)
    shift = walk.page.evaluate("window.__shift ?? 0")  # before the screenshots, which stretch the window
    walk.visit(path, "light")
    sizes = walk.page.evaluate(
        """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
          .filter((part) => part.initiatorType !== "img").map((part) => [part.name, part.encodedBodySize])"""
    )
    assert sum(size for _, size in sizes) <= 160_000, sizes
    assert sum(size for name, size in sizes if name.endswith(".woff2")) <= 90_000, sizes
    assert shift < 0.01


def test_the_keyboard_reaches_the_content_first(reader) -> None:
    walk = reader("en", 1280)
    walk.visit("/nothing-here", "page", status=404)
    walk.page.keyboard.press("Tab")
    assert walk.page.evaluate("document.activeElement.className") == "skip"
    walk.page.keyboard.press("Enter")
    assert walk.page.evaluate("location.hash") == "#main"


@pytest.mark.parametrize(("lang", "width", "scheme"), [("vi", 1280, "light"), ("km", 360, "dark")])
@pytest.mark.parametrize("role", PAGES)
def test_every_page_of_a_role_is_sound(reader, lang, width, scheme, role) -> None:
    walk = reader(lang, width, scheme)
    if role:
        walk.sign_in(role)
    for path in PAGES[role]:
        walk.visit(path, path.strip("/").replace("/", "-").replace("?", "-").replace("&", "-") or "shop")


@READERS
def test_a_buyer_orders_and_receives_at_the_gate(reader, lang, width) -> None:
    buyer, seller = reader(lang, width), reader(lang, width)
    paths.choose(buyer)
    number = paths.order(buyer)
    seller.sign_in("seller")
    for to in ("confirmed", "ready", "at_gate"):
        paths.step(seller, number, to)
    paths.step(buyer, number, "handed_over")
    paths.step(buyer, number, "completed")


@READERS
def test_a_customs_file_becomes_a_figure(reader, lang, width) -> None:
    economist, visitor = reader(lang, width), reader(lang, width)
    economist.sign_in("economist")
    paths.send(economist, MONTHS[lang, width])
    paths.accept(economist)
    paths.see_figure(visitor, MONTHS[lang, width])


def test_without_scripts_goods_are_found_and_put_in_the_cart_and_figures_read_in_tables(stack, browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{stack.address}/vi/")
    page.fill("#q", "muoi tom")
    page.click(".find button")
    page.click(".goods a[href$='/products/muoi-tom-tay-ninh-hu-150-g']")
    page.fill("#quantity", "960")
    page.click(".offer-form button[type=submit] >> nth=0")
    assert page.url == f"{stack.address}/vi/cart"
    assert page.input_value(".ware .quantity") == "960"
    page.locator(".coin summary").click()
    page.click(".coin button[value=USD]")
    assert "$" in page.inner_text(".sums-total")
    page.goto(f"{stack.address}/vi/trade/")
    page.locator("figure summary").first.click()
    assert page.locator("figure table tbody tr").first.is_visible()
    context.close()
