"""Draws a cover from the title and the authors, for books without an image."""

import unicodedata
import zlib
from collections.abc import Sequence
from html import escape
from textwrap import wrap

INK, RUBRIC = "#1d1b18", "#b3361e"
FONT = "Georgia, 'Times New Roman', serif"
TITLE_COLUMNS, AUTHOR_COLUMNS = 15, 22  # Latin letters in a line
MAX_TITLE_LINES, MAX_AUTHOR_LINES = 7, 2
WIDE = {"W", "F"}  # characters of two columns, such as Chinese ones (Unicode Annex 11)
INVISIBLE = {"Cc", "Cn", "Co", "Cs"}  # XML forbids most of these characters


def draw_placeholder(title: str, authors: Sequence[str], width: int) -> str:
    """An SVG of `width` pixels. The colour depends on the title alone."""
    hue = zlib.crc32(title.encode(errors="replace")) % 360
    title_lines = wrap_text(title, TITLE_COLUMNS, MAX_TITLE_LINES)
    rule = 76 + 28 * len(title_lines)
    author_lines = wrap_text(", ".join(authors), AUTHOR_COLUMNS, MAX_AUTHOR_LINES)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{width * 3 // 2}" viewBox="0 0 240 360">'
        f'<rect width="240" height="360" fill="hsl({hue}, 22%, 86%)"/>'
        f'<rect width="12" height="360" fill="hsl({hue}, 22%, 62%)"/>'
        f'<g fill="{INK}" font-family="{FONT}">'
        f'<g font-size="23">{_draw_lines(title_lines, first=72, height=28)}</g>'
        f'<rect x="30" y="{rule}" width="36" height="2" fill="{RUBRIC}"/>'
        f'<g font-size="15">{_draw_lines(author_lines, first=rule + 30, height=20)}</g>'
        "</g></svg>"
    )


def wrap_text(text: str, columns: int, max_lines: int) -> list[str]:
    """The lines of the text without invisible characters. The last one ends with an ellipsis if the text is longer."""
    visible = "".join(each for each in text if each.isspace() or unicodedata.category(each) not in INVISIBLE)
    wide = sum(unicodedata.east_asian_width(each) in WIDE for each in visible)
    return wrap(visible, columns // 2 if 2 * wide > len(visible) else columns, max_lines=max_lines, placeholder=" …")


def _draw_lines(lines: Sequence[str], *, first: int, height: int) -> str:
    return "".join(f'<text x="30" y="{first + height * row}">{escape(line)}</text>' for row, line in enumerate(lines))
