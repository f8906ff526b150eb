"""ISBNs in the forms that people paste."""

import pytest

from books.isbn import MAX_LENGTH, NOT_AN_ISBN, NUMBER_OF_MUSIC, describe_error, parse_isbn

ISBN = "9791169605885"


@pytest.mark.parametrize(
    "text",
    [
        ISBN, "979-11-6960-588-5", "ISBN 979-11-6960-588-5", "ISBN: 9791169605885", "isbn:9791169605885",
        "ISBN-13: 979-11-6960-588-5", "ISBN 13 9791169605885", "ISBN13:9791169605885", "ISBN No. 9791169605885",
        "eISBN 9791169605885", "ISBN\u201113：9791169605885", "979\u201111\u20116960\u2011588\u20115",
        "979\u201311\u20146960\u2212588\u20105", "９７９１１６９６０５８８５", "٩٧٩١١٦٩٦٠٥٨٨٥", "9791169605885\u202c",
        "\ufeff979 11\u00a06960\u2009588\u202f5", "(9791169605885).", "[979-11-6960-588-5]", "979.11.6960.588.5",
        "9791169605885 (pbk.)",
    ],
)  # fmt: skip
def test_forms_of_one_isbn(text: str) -> None:
    assert parse_isbn(text) == ISBN


@pytest.mark.parametrize("text", ["0-8044-2957-X", "ISBN 10: 080442957x", "ISBN10 0-8044-2957-X (hardback)"])
def test_isbn_10(text: str) -> None:
    assert parse_isbn(text) == "9780804429573"


@pytest.mark.parametrize(
    "text",
    [
        "", "ISBN", "1984", "isbn 978", "9791169605884", "9791169605885 9791169605885", "a9791169605885",
        "97911696O5885", "9" * MAX_LENGTH, "9791169605885" + " " * MAX_LENGTH, "ISBN 1390000000", "979+1169605885",
        "9790060115615", "979-0-2600-0043-8",
    ],
)  # fmt: skip
def test_other_text_is_no_isbn(text: str) -> None:
    assert parse_isbn(text) is None


@pytest.mark.parametrize(("text", "message"), [
    ("9791169605884", NOT_AN_ISBN), ("978", NOT_AN_ISBN), ("9" * (MAX_LENGTH + 1), NOT_AN_ISBN),
    ("979-0-2600-0043-8", NUMBER_OF_MUSIC), ("9790260000439", NOT_AN_ISBN),
])  # fmt: skip
def test_the_error_states_what_is_wrong(text: str, message: str) -> None:
    assert describe_error(text) == message
