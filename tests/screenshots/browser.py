"""Opens pages in Chromium, waits for their covers, and writes them as PNG files."""

import shutil
import time
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ViewportSize

READER, IMPORTER, STAFF = "ann@example.org", "cleo@example.org", "staff@example.org"
PASSWORD = "correct horse battery"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
VIEWPORTS = {"desktop": ViewportSize(width=1280, height=900), "phone": ViewportSize(width=390, height=844)}
THEMES = ("light", "dark")
COLOURS = 256  # of a picture, so that its file is small
COVER_SECONDS = 20  # in which the covers of a page arrive; one that cannot be fetched keeps its placeholder


def open_context(browser: Browser, address: str, *, email: str | None, **options: Any) -> BrowserContext:
    context = browser.new_context(**options)
    if email:
        page = context.new_page()
        page.goto(f"{address}sign-in")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.locator("main").get_by_role("button", name="Sign in").click()
        page.wait_for_load_state("networkidle")
        page.close()
    return context


def wait_for_covers(context: BrowserContext, url: str) -> None:
    """A cover that is not stored yet has a placeholder, which browsers may not keep."""
    page = context.new_page()
    page.goto(url)
    covers = page.locator(".cover img").evaluate_all("images => images.map(image => image.src)")
    deadline = time.monotonic() + COVER_SECONDS
    for cover in covers:
        while "immutable" not in page.request.get(cover).headers["cache-control"] and time.monotonic() < deadline:
            time.sleep(0.2)
    page.close()


def write_picture(context: BrowserContext, url: str, file: Path, *, full_page: bool) -> None:
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    page.screenshot(path=file, full_page=full_page)
    page.close()
    Image.open(file).quantize(COLOURS).save(file, optimize=True)
