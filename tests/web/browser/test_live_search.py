"""The search while the reader types, and adding a result to the library."""

from urllib.parse import urlencode

from playwright.sync_api import Page, Route, expect

from tests.fakes.openlibrary.app import OpenLibrary
from tests.support.browser import NEEDS_CHROMIUM
from tests.web.browser.visitors import Visitors, fill_registration

pytestmark = NEEDS_CHROMIUM


def type_text(page: Page, text: str) -> None:
    """Without pauses between the keys."""
    page.get_by_role("searchbox").press_sequentially(text)


def hold(page: Page, address: str) -> list[Route]:
    """Holds back the requests for an address, and returns the list of them."""
    held: list[Route] = []

    def add(route: Route) -> None:
        held.append(route)

    page.route(address, add)
    return held


def test_results_follow_the_text(visitors: Visitors, works: OpenLibrary) -> None:
    page, sent = visitors.open("find"), len(works.queries)
    page.evaluate("window.marked = true")

    type_text(page, "pippi")

    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “pippi”")
    expect(page.locator("#in-catalogue")).to_contain_text("No book in this catalogue matches.")
    expect(page.locator("#open-library")).to_contain_text("Pippi goes to war")
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(page.locator("#announcement")).to_contain_text("Open Library: 1 book")
    assert page.url.endswith("/find?q=pippi")
    assert page.evaluate("window.marked")
    assert [query["q"] for query in works.queries[sent:]] == ["pippi"]


def test_two_letters_do_not_reach_open_library(visitors: Visitors, works: OpenLibrary) -> None:
    page, sent = visitors.open("find"), len(works.queries)

    type_text(page, "pi")

    expect(page.locator("#open-library")).to_contain_text("at least 3")
    page.wait_for_load_state("networkidle")
    assert len(works.queries) == sent


def test_slow_open_library_does_not_delay_the_catalogue(visitors: Visitors) -> None:
    """The request for the group of Open Library is held back."""
    page = visitors.open("catalogue")
    held = hold(page, "**/find/open-library?*")
    title = search_for_first_book(page, visitors)

    expect(page.locator("#in-catalogue li.row").first).to_contain_text(title)
    expect(page.locator("#open-library")).to_contain_text("Searching Open Library")
    while not held:
        page.wait_for_timeout(50)
    held[0].continue_()
    expect(page.locator("#open-library header")).to_contain_text("current")


def search_for_first_book(page: Page, visitors: Visitors) -> str:
    """Searches for the title of the first book of the catalogue, and returns it."""
    title = page.locator(".card h3").first.inner_text()
    page.goto(f"{visitors.address}find?{urlencode({'q': title})}")
    return title


def test_later_results_are_not_overwritten_by_earlier_ones(visitors: Visitors) -> None:
    """The response for the first text is held back until the second one has been typed."""
    page = visitors.open("find")
    held = hold(page, "**/find?q=war")
    with page.expect_request("**/find?q=war"):
        type_text(page, "war")
    type_text(page, "ren")
    page.wait_for_timeout(600)  # longer than the delay after the last key
    held[0].continue_()

    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “warren”")
    expect(page.locator("#open-library")).to_contain_text("Open Library has no")
    assert page.url.endswith("/find?q=warren")


def test_group_that_cannot_be_loaded_states_it(visitors: Visitors) -> None:
    page = visitors.open("find")
    page.route("**/find/open-library?*", lambda route: route.abort())
    type_text(page, "pippi")

    expect(page.locator("#open-library .failure")).to_be_visible()
    expect(page.locator("#open-library .waiting")).to_be_hidden()
    page.unroute("**/find/open-library?*")
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("#open-library")).to_contain_text("Pippi goes to war")
    expect(page.get_by_role("heading", name="At Open Library")).to_be_focused()
    expect(page.locator("#problem")).to_be_hidden()
    visitors.problems.clear()  # the aborted request


def test_result_is_added_from_its_row(visitors: Visitors) -> None:
    page = visitors.open_as_reader("find?q=pippi")
    page.get_by_role("button", name="Add “Pippi goes to war” to your library").click()

    link = page.get_by_role("link", name="In your library")
    expect(link).to_be_focused()
    expect(page.locator("#announcement")).to_have_text("“Pippi” is in your library")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pippi")
    expect(page.get_by_role("button", name="Want to read")).to_have_attribute("aria-pressed", "true")


def test_visitor_returns_to_the_search_after_registration(visitors: Visitors) -> None:
    page = visitors.open("catalogue")
    title = search_for_first_book(page, visitors)

    add = page.locator("#in-catalogue").get_by_role("button", name=f"Add “{title}” to the shared library")
    expect(add).to_be_visible()
    page.goto(f"{visitors.address}sign-in?{urlencode({'next': '/find?' + urlencode({'q': title})})}")
    page.locator("main").get_by_role("link", name="Register").click()
    fill_registration(page)
    page.get_by_role("button", name="Register").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(f"Results for “{title}”")
    page.locator("#in-catalogue").get_by_role("button", name=f"Add “{title}”").click()
    expect(page.locator("#in-catalogue").get_by_role("link", name="In your library")).to_be_focused()


def test_search_without_scripts_shows_both_groups(visitors: Visitors) -> None:
    page = visitors.open("find", java_script_enabled=False)
    page.get_by_role("searchbox").fill("peace")
    page.keyboard.press("Enter")

    expect(page.locator("#in-catalogue")).to_contain_text("book")
    expect(page.locator("#open-library")).to_contain_text("2 books, current")
    # Another test may have added it to the catalogue.
    expect(page.locator("main .rows h3", has_text="War and Peace").first).to_be_visible()
    assert page.url.endswith("/find?q=peace&sources=all")
