"""Ids for rows whose key is a hash: the first bits of the hash as a number."""

NUMBER_DIGITS = 13  # hexadecimal digits: 52 bits, which JavaScript represents exactly


def number_of(digest: str) -> int:
    return int(digest[:NUMBER_DIGITS], 16)


def prefix_of(number: int) -> str:
    """The digits with which the key of the row starts. A number that is too large matches no row."""
    return f"{number:0{NUMBER_DIGITS}x}"
