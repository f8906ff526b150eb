"""ISBNs as people and sources write them."""

from stdnum import isbn


def parse_isbn(text: str) -> str | None:
    """Converts an ISBN-10 or ISBN-13 to 13 digits. Returns None if the length or the check digit is wrong."""
    return isbn.to_isbn13(isbn.compact(text)) if isbn.is_valid(text) else None
