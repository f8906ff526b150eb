"""Which addresses are product pages: the pattern that staff enter for a shop."""

from urllib.parse import unquote, urlsplit


def matches_pattern(pattern: str, url: str) -> bool:
    """Whether the path of the address matches the pattern, in which `*` is any text.

    Takes linear time, because each part between two stars is searched once, from where the one before it ends.
    """
    path = unquote(urlsplit(url).path) or "/"
    first, *others = unquote(pattern).split("*")
    if not others:
        return path == first
    *middle, last = others
    place, end = len(first), len(path) - len(last)
    if place > end or not (path.startswith(first) and path.endswith(last)):
        return False
    for part in middle:
        found = path.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True
