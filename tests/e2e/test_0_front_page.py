"""The product starts as people start it, and its first page is sound in a real browser."""

from tests.browser import axe, fits


def test_the_first_page_opens_with_and_without_javascript(live, visit, width):
    for js in (True, False):
        page = visit(width=width, js=js)
        answer = page.goto(live.url)
        assert answer is not None
        assert answer.ok
        assert page.locator("h1").count() == 1
        if js:
            axe(page)
            fits(page)


def test_the_first_page_is_light(live, visit):
    page = visit()
    sizes = []
    page.on("response", lambda answer: sizes.append(answer.request.sizes()["responseBodySize"]))
    page.goto(live.url, wait_until="networkidle")
    assert len(sizes) <= 12
    assert sum(sizes) <= 60_000
