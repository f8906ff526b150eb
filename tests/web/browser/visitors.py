"""Pages of visitors, and the problems that occur on them."""

from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

DESKTOP, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
expect.set_options(timeout=30_000)  # milliseconds
PASSWORD = "correct horse battery"
RECORD_SHIFTS = (
    "window.shifts = []; const add = list => list.getEntries().filter(entry => !entry.hadRecentInput).forEach(entry =>"
    " window.shifts.push(...entry.sources.map(source => source.node?.outerHTML?.slice(0, 200))));"
    "new PerformanceObserver(add).observe({type: 'layout-shift', buffered: true})"
)


class Visitors:
    """`problems` are console messages (which include reports of the policy), errors of scripts, and requests to other
    hosts."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.problems: list[str] = []
        self.contexts: list[BrowserContext] = []

    def open(self, path: str = "", **options: Any) -> Page:
        """A page in a context of its own."""
        context = self.browser.new_context(**{"viewport": DESKTOP, **options})
        context.add_init_script(RECORD_SHIFTS)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.problems.append(message.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", lambda request: self._check_host(request.url))
        page.goto(self.address + path)
        return page

    def open_as_reader(self, path: str = "", **options: Any) -> Page:
        """A page of a reader who has just registered."""
        page = self.open("register", **options)
        fill_registration(page)
        page.get_by_role("button", name="Register").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ann")
        page.goto(self.address + path)
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def _check_host(self, url: str) -> None:
        if not url.startswith(self.address):
            self.problems.append(url)


def fill_registration(page: Page) -> None:
    page.get_by_label("Name").fill("Ann")
    page.get_by_label("E-mail address").fill(f"{uuid4().hex}@example.org")
    page.get_by_label("Password").fill(PASSWORD)


def expect_heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)
