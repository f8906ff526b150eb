"""Accessibility and width of a page in both themes."""

from playwright.sync_api import Page, ViewportSize

from tests.support.browser import list_violations

APPEARANCES = ((1280, "light"), (1280, "dark"), (390, "light"), (390, "dark"), (320, "light"))
# After two frames the page is painted in its new size.
AT_TOP = "scrollTo(0, 0), new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def assert_fits(page: Page) -> None:
    """Nothing scrolls sideways, and axe-core, which needs scripts, finds no violation.

    The page is at its top, because axe-core counts a button that the bars cover in part as too small.
    """
    for width, theme in APPEARANCES:
        page.set_viewport_size(ViewportSize(width=width, height=800))
        page.wait_for_function("width => innerWidth === width", arg=width)  # the page gets the size later
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.evaluate(AT_TOP)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
        violations = list_violations(page, "best-practice")
        assert not violations, (page.url, width, theme, violations)
