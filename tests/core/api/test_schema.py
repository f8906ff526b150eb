"""The schema refuses what the service refuses: a client that keeps to it is never told that it was wrong."""

import re

from rest_framework.exceptions import ValidationError

from core.api.schema import NOT_BLANK
from core.api.serializers import Text


def is_taken(text: str) -> bool:
    try:
        Text().run_validation(text)
    except ValidationError:
        return False
    return True


def test_a_text_is_blank_to_the_schema_where_it_is_to_the_service() -> None:
    surrogates = range(0xD800, 0xE000)  # no JSON text holds one alone
    letters = [chr(code) for code in range(0x10000) if code not in surrogates]  # blanks are in this plane alone
    said = {letter for letter in letters if re.search(NOT_BLANK, letter)}
    assert said == {letter for letter in letters if is_taken(letter)}


def test_blanks_around_a_letter_are_no_matter_and_a_nul_beside_it_is_one() -> None:
    for text in ["\u001d a\u0085", "a\n", "\na", "a\0", "\0a", "\u001d\u2003", ""]:
        assert bool(re.search(NOT_BLANK, text)) is is_taken(text), text
