import pytest

from users.imports.media import find_media, read_binding


@pytest.mark.parametrize(
    "name", ["DVD", "Blu-ray", "blu-ray disc", "Video Recording", "VHS Tape", "CD", "Vinyl", "Map", "Board Game"]
)
def test_other_media(name: str) -> None:
    assert find_media(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "Broché", "Paperback", "Audio CD", "CD audiobook", "Book with DVD", "Livre + CD", "Filmtheorie", "Mapped"],
)
def test_books_and_unknown_names_are_no_other_media(name: str) -> None:
    assert find_media(name) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Paper Book", "paper"),
        ("Physical book", "paper"),
        ("E-Book", "ebook"),
        ("Audiobook", "audio"),
        ("Board book", "paper"),
        ("Book", None),
        ("Poche", None),
    ],
)
def test_bindings(name: str, expected: str | None) -> None:
    assert read_binding(name) == expected
