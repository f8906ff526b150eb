"""Which names people may have."""

import re

from django.core.exceptions import ValidationError

# Control characters, and those that change the direction of the text around them.
CONTROL = r"\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069"
# Characters without a shape: whitespace, soft hyphens, joiners, fillers, variation selectors.
INVISIBLE = (
    r"\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028\u2029\u2060-\u2065\u206a-\u206f\u2800"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
# The OpenAPI schema contains this pattern.
NAME_PATTERN = rf"^[^{CONTROL}]*[^{INVISIBLE}{CONTROL}][^{CONTROL}]*$"
NAME = re.compile(NAME_PATTERN)


def validate_name(value: str) -> None:
    """Raises ValidationError."""
    if not NAME.fullmatch(value):
        raise ValidationError("A name needs a visible character, and must not contain control characters.")
