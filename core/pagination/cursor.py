"""Cursors: signed positions in an ordering, as text for a URL."""

from django.core import signing

from core.exceptions import InvalidParameters
from core.pagination.keyset import KeysetOrdering, Position

signer = signing.Signer(salt="books.cursor")


def encode_cursor(ordering: KeysetOrdering, position: Position, *, backwards: bool) -> str:
    """Returns a signed cursor, so that clients can only send cursors that the service issued."""
    values = [value if isinstance(value, int | None) else str(value) for value in position]
    return signer.sign_object([backwards, ordering.names, values])


def decode_cursor(cursor: str, ordering: KeysetOrdering) -> tuple[bool, Position | None]:
    """Returns the direction and the position; an empty cursor is the start. Raises InvalidParameters."""
    if not cursor:
        return False, None
    try:
        backwards, names, values = signer.unsign_object(cursor)
    except signing.BadSignature:
        detail = "Not a cursor of this service. Start again with an empty cursor."
        raise InvalidParameters({"cursor": [detail]}) from None
    if names != ordering.names:
        detail = "The cursor belongs to another ordering. Start again with an empty cursor."
        raise InvalidParameters({"cursor": [detail]})
    return backwards, ordering.parse_position(values)
