"""The search for the book of a row: the texts that a reader enters, or those of the row."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError

from books.isbn import parse_isbn
from books.records import CONTROL_CHARACTER
from books.search.candidates import BookQuery
from users.library.search import MAX_TEXT
from users.models import ImportJobRow

PARAMETERS = ("title", "author", "isbn")
NOTHING = "Enter a title, an author or an ISBN."


def query_of(row: ImportJobRow) -> BookQuery:
    """The title, the first author and the ISBN that the row states."""
    stated = row.values.get("book", {})
    author = next(iter(stated.get("authors", [])), "")
    return BookQuery(
        title=stated.get("title", "")[:MAX_TEXT].strip(),
        author=author[:MAX_TEXT].strip(),
        isbn=stated.get("isbn_13", ""),
    )


def read_query(parameters: Mapping[str, str]) -> BookQuery:
    """Raises ValidationError with the name of the wrong parameter."""
    texts = {name: " ".join(parameters.get(name, "").split()) for name in PARAMETERS}
    for name, text in texts.items():
        if len(text) > MAX_TEXT or CONTROL_CHARACTER.search(text):
            raise ValidationError({name: f"Enter at most {MAX_TEXT} characters, and no control characters."})
    isbn = parse_isbn(texts["isbn"]) if texts["isbn"] else ""
    if isbn is None:
        raise ValidationError({"isbn": "Not an ISBN: its length or its check digit is wrong."})
    if not any(texts.values()):
        raise ValidationError(dict.fromkeys([name for name in PARAMETERS if name in parameters], NOTHING))
    return BookQuery(title=texts["title"], author=texts["author"], isbn=isbn)
