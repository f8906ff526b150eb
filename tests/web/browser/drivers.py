"""Ways to use a page: with a mouse, by touch, with the keyboard alone, and without scripts."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.web.browser.visitors import DESKTOP, PHONE

NEXT_FRAME = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
MAX_TABS = 150  # controls of a page
RATINGS = [f"{halves / 2:g} of 5" for halves in range(1, 11)]


class Mouse:
    options: dict[str, Any] = {"viewport": DESKTOP}

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, control: Locator) -> None:
        control.click()

    def enter(self, field: Locator, text: str) -> None:
        self.press(field)
        self.page.keyboard.type(text)

    def choose(self, field: Locator, label: str) -> None:
        self.wait_for_htmx()
        field.select_option(label=label)

    def wait_for_htmx(self) -> None:
        """Waits until htmx handles events of the elements that it has just inserted, some 20 ms later."""
        expect(self.page.locator(".htmx-added")).to_have_count(0)

    def tick(self, checkbox: Locator) -> None:
        self.wait_for_htmx()
        self.press(checkbox)
        expect(checkbox).to_be_checked()

    def rate(self, rating: str) -> None:
        self.wait_for_htmx()
        self.press(self.page.get_by_role("radio", name=rating, exact=True))


class Touch(Mouse):
    options = {"viewport": PHONE, "has_touch": True, "is_mobile": True}

    def press(self, control: Locator) -> None:
        control.tap()


class Keyboard(Mouse):
    """Reaches every control with the Tab key alone."""

    def focus(self, control: Locator) -> None:
        self.page.evaluate(NEXT_FRAME)  # the browser handles `autofocus` before the first frame
        for _ in range(MAX_TABS):
            self.page.keyboard.press("Tab")
            if control.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"The Tab key does not reach {control}.")

    def press(self, control: Locator) -> None:
        self.focus(control)
        self.page.keyboard.press("Enter")

    def enter(self, field: Locator, text: str) -> None:
        self.focus(field)
        self.page.keyboard.type(text)

    def choose(self, field: Locator, label: str) -> None:
        self.wait_for_htmx()
        self.enter(field, label)

    def tick(self, checkbox: Locator) -> None:
        self.wait_for_htmx()
        self.focus(checkbox)
        self.page.keyboard.press("Space")
        expect(checkbox).to_be_checked()

    def rate(self, rating: str) -> None:
        self.wait_for_htmx()
        self.focus(self.page.get_by_role("radio", name=RATINGS[0], exact=True))
        for following in RATINGS[1 : RATINGS.index(rating) + 1]:
            self.page.keyboard.press("ArrowRight")
            radio = self.page.get_by_role("radio", name=following, exact=True)
            expect(radio).to_be_checked()
            expect(radio).to_be_focused()


class WithoutScripts(Mouse):
    options = {"viewport": DESKTOP, "java_script_enabled": False}

    def rate(self, rating: str) -> None:
        super().rate(rating)
        self.press(self.page.get_by_role("button", name="Rate", exact=True))


DRIVERS = [Mouse, Touch, Keyboard, WithoutScripts]
