"""The definition of a format of JSON files. Its module declares one DocumentFormat."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from users.imports.rows import ImportRow


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFormat:
    """`name` identifies the format in the API and the command, `label` names it to readers.

    `recognizes` states whether a parsed JSON document has this format, and accepts any document. `parse` yields a row
    per entry, numbered from 1, and reports invalid entries as rows with `error`. Strings of the document have no NUL
    characters and no surrogates, and control characters only if the format `keeps_control_characters`.
    """

    name: str
    label: str
    recognizes: Callable[[Any], bool]
    parse: Callable[[Any], Iterator[ImportRow]]
    keeps_control_characters: bool = False
