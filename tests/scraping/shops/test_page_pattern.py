"""The pattern of product pages."""

import pytest

from scraping.shops.page_pattern import matches_pattern

HOST = "https://shop.example"


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/book/*", "/book/1"),
        ("/book/*", "/book/"),
        ("/book/*", "/book/a/b.html?page=2#top"),
        ("/*/p/*.html", "/fiction/new/p/1.html"),
        ("/*/p/*.html", "/a/p/b/p/c.html"),
        ("/book", "/book"),
        ("/*", ""),
        ("/**", "/a"),
        ("/[abc]/*", "/[abc]/1"),
        ("/книга/*", "/%D0%BA%D0%BD%D0%B8%D0%B3%D0%B0/1"),
        ("/b%20ook/*", "/b%20ook/1"),
    ],
)
def test_matching_paths(pattern: str, path: str) -> None:
    assert matches_pattern(pattern, HOST + path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/book/*", "/books/1"),
        ("/book/*", "/de/book/1"),
        ("/book/*", "/search?next=/book/1"),
        ("/book/*", "/Book/1"),
        ("/*/p/*.html", "/p/1.html"),
        ("/*/p/*.html", "/a/p/1.htm"),
        ("/a*a", "/a"),
        ("/book", "/book/1"),
        ("/.*", "/book"),
        ("", "/book"),
    ],
)
def test_other_paths(pattern: str, path: str) -> None:
    assert not matches_pattern(pattern, HOST + path)


def test_a_pattern_of_many_stars_takes_linear_time() -> None:
    """A regular expression would try more combinations than a computer can count."""
    assert not matches_pattern("/" + "*a" * 99 + "b", HOST + "/" + "a" * 100_000)
