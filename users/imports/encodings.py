"""Decodes the bytes of a text file. Files of spreadsheets and old programs are often not UTF-8."""

import codecs
import re

from users.imports.errors import ImportFileRefused

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, because it starts with the same bytes
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
FALLBACK = "colophon_cp1252"
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
DECODED_MARK = "ï»¿"  # a byte order mark that a program has decoded as Windows-1252 and written as text
# Words of Western languages do not have five such letters in a row, and Cyrillic or Greek ones read as cp1252 do.
OTHER_ALPHABET = re.compile(rb"[\xc0-\xd6\xd8-\xf6\xf8-\xff]{5}")
SAVE_AS_UTF_8 = "Save it as CSV UTF-8 and try again."


def _decode_cp1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    invalid = error.object[error.start : error.end]
    return invalid.decode("cp1252", errors="replace"), error.end


codecs.register_error(FALLBACK, _decode_cp1252)


def decode_text(data: bytes) -> str:
    """The text without NUL characters, which PostgreSQL cannot store. Raises ImportFileRefused if it is no text.

    Bytes that are not valid UTF-8 are read as Windows-1252, one sequence at a time, because files can have cells in
    both encodings. A byte that Windows-1252 does not define becomes U+FFFD.
    """
    text = _decode_utf_16(data)
    if text is None:
        text = _decode_utf_8(data)
    return text.removeprefix("\ufeff").removeprefix(DECODED_MARK).replace("\0", "")


def _decode_utf_8(data: bytes) -> str:
    if data[:4096].count(0) > len(data[:4096]) // 20:
        raise ImportFileRefused("The file is not a text file. Choose the CSV or JSON file of an export.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", errors=FALLBACK)
    _refuse_other_alphabets(data)
    return text


def _refuse_other_alphabets(data: bytes) -> None:
    for number, line in enumerate(data.split(b"\n"), 1):
        if _is_utf_8(line):
            continue
        if OTHER_ALPHABET.search(line):
            raise ImportFileRefused(
                f"The file is not in UTF-8: line {number} is in an unknown encoding. {SAVE_AS_UTF_8}"
            )


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode_utf_16(data: bytes) -> str | None:
    """The text of a file in UTF-16 or UTF-32 with a byte order mark, or in UTF-16 with a header in ASCII."""
    encoding = next((name for mark, name in BYTE_ORDER_MARKS if data.startswith(mark)), None) or _guess_utf_16(data)
    if encoding is None:
        return None
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ImportFileRefused(f"The file is damaged: it is not valid {encoding.upper()}. {SAVE_AS_UTF_8}") from error


def _guess_utf_16(data: bytes) -> str | None:
    """Every second byte of an ASCII text in UTF-16 is zero."""
    start = data[:16]
    if len(start) < 16:
        return None
    if not any(start[1::2]) and all(start[::2]):
        return "utf-16-le"
    return "utf-16-be" if not any(start[::2]) and all(start[1::2]) else None
