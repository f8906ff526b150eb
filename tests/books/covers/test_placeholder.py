"""The drawn placeholder."""

import re
from xml.etree import ElementTree as ET

import pytest

from books.covers.placeholder import draw_placeholder


def read_lines(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_title_and_authors_are_drawn() -> None:
    svg = draw_placeholder("A Light in the Attic", ["Shel Silverstein"], 240)

    assert read_lines(svg) == ["A Light in the", "Attic", "Shel Silverstein"]
    assert ET.fromstring(svg).attrib == {"width": "240", "height": "360", "viewBox": "0 0 240 360"}


def test_markup_in_titles_is_escaped() -> None:
    svg = draw_placeholder("</text><script>alert(\"1\")</script> & 'x'", ["<b>"], 120)

    assert "<script" not in svg
    assert "".join(read_lines(svg)).replace(" ", "") == "</text><script>alert(\"1\")</script>&'x'<b>"


@pytest.mark.parametrize(
    "title", ["", "\x00\x1b\ud800\ufffe\uffff", "é\u0301\u202e", "a" * 500, "x " * 500, "👩‍👩‍👧" * 50]
)
def test_every_title_gives_valid_xml(title: str) -> None:
    svg = draw_placeholder(title, [title] * 30, 440)

    assert len(read_lines(svg)) <= 9
    assert len(svg.encode()) < 4_000


def test_long_titles_end_with_an_ellipsis() -> None:
    lines = read_lines(draw_placeholder("word " * 100, [], 240))

    assert len(lines) == 7
    assert lines[-1].endswith("…")


def test_wide_characters_get_shorter_lines() -> None:
    assert max(map(len, read_lines(draw_placeholder("吾輩は猫である。名前はまだ無い。", [], 240)))) == 7


def test_colour_depends_on_the_title_alone() -> None:
    def colours(svg: str) -> list[str]:
        return re.findall(r'fill="([^"]+)"', svg)

    odes = draw_placeholder("Odes", [], 240)

    assert colours(odes) == colours(draw_placeholder("Odes", ["Ann"], 120))
    assert colours(odes) != colours(draw_placeholder("Epodes", [], 240))
