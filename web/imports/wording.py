"""Numbers of books in sentences."""

from collections.abc import Sequence


def count(number: int, noun: str = "book") -> str:
    """Such as `1 book` and `1,200 books`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def join(parts: Sequence[str]) -> str:
    """Such as `a, b and c`."""
    return " and ".join([*([", ".join(parts[:-1])] if parts[:-1] else []), *parts[-1:]])


def capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]
