"""What people do here, done in a real browser, in Vietnamese and Khmer, on a phone and on a desk."""

import pytest

pytestmark = pytest.mark.browser

EVERY = [(lang, width) for lang in ("vi", "km") for width in (360, 1280)]
READERS = pytest.mark.parametrize(("lang", "width"), EVERY)

PAGES = {
    None: ["/", "/sign-in", "/register", "/reset", "/gates", "/cart"],
}


@READERS
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_frame_stands_even_where_there_is_nothing(reader, lang, width, scheme) -> None:
    walk = reader(lang, width, scheme)
    walk.visit("/nothing-here", "not-found", status=404)
    assert walk.page.locator(".tongues a").all_inner_texts() == ["Tiếng Việt", "ខ្មែរ", "English"]
    assert walk.page.locator("a.cart").is_visible()
    walk.page.locator(".coin summary").click()
    walk.look("currencies")
    walk.page.keyboard.press("Escape")
    assert not walk.page.locator(".coin form").is_visible()


def test_the_keyboard_reaches_the_content_first(reader) -> None:
    walk = reader("en", 1280)
    walk.visit("/nothing-here", "page", status=404)
    walk.page.keyboard.press("Tab")
    assert walk.page.evaluate("document.activeElement.className") == "skip"
    walk.page.keyboard.press("Enter")
    assert walk.page.evaluate("location.hash") == "#main"
