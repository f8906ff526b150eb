import pytest

from books.isbn import parse_isbn


@pytest.mark.parametrize(
    ("text", "isbn_13"),
    [
        ("9780141182636", "9780141182636"),
        ("978-0-14-118263-6", "9780141182636"),
        ("0141182636", "9780141182636"),
        ("0-8044-2957-X", "9780804429573"),
        ("9780141182637", None),
        ("0141182637", None),
        ("978014118263", None),
        ("", None),
    ],
)
def test_isbns_are_converted_to_13_digits(text: str, isbn_13: str | None) -> None:
    assert parse_isbn(text) == isbn_13
