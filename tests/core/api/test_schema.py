"""The patterns of the schema accept the same text as the service."""

import re

import pytest
from rest_framework.exceptions import ValidationError

from core.api.schema import NOT_BLANK
from core.api.serializers import StrictCharField

SURROGATES = range(0xD800, 0xE000)  # JSON text cannot contain a single one


def is_valid(text: str) -> bool:
    try:
        StrictCharField().run_validation(text)
    except ValidationError:
        return False
    return True


def test_single_characters() -> None:
    """All whitespace is in the first 65,536 characters of Unicode."""
    characters = [chr(code) for code in range(0x10000) if code not in SURROGATES]

    matched = {character for character in characters if re.search(NOT_BLANK, character)}

    assert matched == {character for character in characters if is_valid(character)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\u001d a\u0085", True),
        ("a\n", True),
        ("\na", True),
        ("a\0", False),
        ("\0a", False),
        ("\u001d\u2003", False),
        ("", False),
    ],
)
def test_whitespace_around_text_is_valid_and_nul_is_not(text: str, expected: bool) -> None:
    assert is_valid(text) is expected
    assert bool(re.search(NOT_BLANK, text)) is expected
