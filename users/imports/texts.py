"""Texts of import files: reviews in HTML, titles, names and lists of tags."""

import html
import re
from collections.abc import Iterable

from books.records import CONTROL_CHARACTER

LINE_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\x85]")
# Only elements that reviews use are removed, because `<3` and `<sighs>` are words of the review.
MARKUP = re.compile(
    r"<(/?)(a|abbr|article|b|big|blockquote|br|center|cite|code|del|div|em|figcaption|figure|font|h[1-6]|hr|i|img|ins"
    r"|li|mark|ol|p|pre|q|s|section|small|span|spoiler|strike|strong|sub|sup|tt|u|ul)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
ENTITY = re.compile(r"&(?:[a-z][a-z0-9]{1,31}|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
BLOCKS = {"article", "blockquote", "center", "div", "figure", "hr", "li", "ol", "pre", "section", "ul"}
PARAGRAPH, BLOCK = "\x1e", "\x1f"  # marks of boundaries; texts from files have no control characters
BOUNDARY = re.compile("([\x1e\x1f])")
PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6"}
# `Mistborn, #1`, `The Locked Tomb #0.5`, `Elfes, #1-3`
SERIES = re.compile(
    r"[^#;]{0,200}[^\W\d_][^#;]{0,20}#\s?[0-9]{1,5}(?:\.[0-9]+)?(?:\s?[-–&]\s?#?[0-9]{1,5}(?:\.[0-9]+)?)?"
)
MAX_SERIES = 300
SUFFIXES = {"jr", "sr", "ii", "iii", "iv", "phd", "ph.d", "md", "m.d"}


def normalise_breaks(text: str) -> str:
    """Line breaks as `\\n`, and no control characters."""
    return CONTROL_CHARACTER.sub("", LINE_BREAKS.sub("\n", text))


def clean_line(text: str) -> str:
    """One line without control characters and without repeated spaces."""
    return " ".join(normalise_breaks(text).split())


def clean_long_text(text: str) -> str:
    return normalise_breaks(text).strip()


def convert_html(text: str) -> str:
    """The plain text of a review in HTML.

    `<br>` and blocks become line breaks, entities are decoded once, `<spoiler>` becomes `[spoiler]…[/spoiler]`.
    """
    plain = MARKUP.sub(_replace_markup, normalise_breaks(text))
    plain = ENTITY.sub(lambda match: html.unescape(match[0]), plain).replace("\xa0", " ")
    return CONTROL_CHARACTER.sub("", _join_blocks(plain))


def _replace_markup(match: re.Match[str]) -> str:
    closing, tag = match[1], match[2].lower()
    if tag == "br":
        return "\n"
    if tag == "spoiler":
        return f"[{closing}spoiler]"
    return PARAGRAPH if tag in PARAGRAPHS else BLOCK if tag in BLOCKS else ""


def _join_blocks(text: str) -> str:
    """Puts a line break between blocks and an empty line between paragraphs, even if several tags are between them."""
    joined: list[str] = []
    gap = ""
    for part in BOUNDARY.split(text):
        if part in {PARAGRAPH, BLOCK}:
            gap = "\n\n" if part == PARAGRAPH else gap or "\n"
        elif part := part.strip():  # spaces around blocks have no meaning
            joined += [gap if joined else "", part]
            gap = ""
    return "".join(joined)


def has_spoiler_mark(text: str) -> bool:
    return "[spoiler]" in text


def strip_series(title: str) -> str:
    """Removes the series at the end of a title: `The Hero of Ages (Mistborn, #3)`.

    The last part in parentheses is a series only if it has a name, `#` and a number. Every other title is unchanged,
    because parentheses often belong to it: `Memorial do Convento (José Saramago)`.
    """
    start = title.rfind("(")
    inner = title[start + 1 : -1]
    if start < 1 or not title.endswith(")") or ")" in inner or len(inner) > MAX_SERIES:
        return title
    is_series = all(SERIES.fullmatch(part.strip()) for part in inner.split(";"))
    return (title[:start].rstrip() or title) if is_series else title


def invert_name(name: str) -> str:
    """`Le Guin, Ursula K.` as `Ursula K. Le Guin`, and `King, Martin Luther, Jr.` as `Martin Luther King, Jr.`.

    A name with no commas or with others is unchanged.
    """
    surname, *rest = [part.strip() for part in name.split(",")]
    suffix = f", {rest.pop()}" if len(rest) == 2 and rest[1].rstrip(".").casefold() in SUFFIXES else ""
    is_inverted = len(rest) == 1 and surname and rest[0] and rest[0].rstrip(".").casefold() not in SUFFIXES
    return f"{rest[0]} {surname}{suffix}" if is_inverted else name


def unique_names(names: Iterable[str]) -> tuple[str, ...]:
    """Names or tags without empty ones, and without those that differ from an earlier one only in case and spaces."""
    found: dict[str, str] = {}
    for name in map(clean_line, names):
        if name:
            found.setdefault(name.casefold(), name)
    return tuple(found.values())


def split_list(text: str, separator: str = ",") -> tuple[str, ...]:
    return unique_names(text.split(separator))


def split_names(text: str, separator: str = ",") -> list[str]:
    """Names in natural order (`Todd Barton, Martin Luther King, Jr.`). A suffix belongs to the name before it."""
    names: list[str] = []
    for name in map(clean_line, text.split(separator)):
        if names and name.rstrip(".").casefold() in SUFFIXES:
            names[-1] = f"{names[-1]}, {name}"
        elif name:
            names.append(name)
    return names
