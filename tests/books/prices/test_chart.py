"""The price charts."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.prices.chart import price_chart, price_charts, sparkline
from books.prices.history import Observation, PriceHistory, build_histories
from tests.support.prices import observe

NOW = datetime(2026, 11, 26, 14, tzinfo=UTC)
SHARES = {"start": 0.0, "middle": 0.5, "end": 1.0}  # of the width that is to the left of the anchor
Box = tuple[float, float, float, float]


def day(month: int, number: int, year: int = 2026) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


TYPICAL = [
    observe(day(5, 3), "38.20", in_stock=True, stock=20),
    observe(day(6, 2), "41.42", in_stock=True),
    observe(day(8, 12), "38.70", in_stock=False),
    observe(day(9, 3), "36.20"),
    observe(day(9, 4), "36.20", in_stock=True),
    observe(day(11, 3), "32.40", in_stock=True),
    observe(day(11, 12), "37.32", in_stock=True, stock=19),
]


def build(observations: list[Observation]) -> PriceHistory:
    return build_histories(observations, now=NOW)[0]


def draw(observations: list[Observation]) -> list[ET.Element]:
    """The wide and the narrow chart."""
    return list(ET.fromstring(price_chart(build(observations))))


def list_texts(chart: ET.Element) -> list[str]:
    return [text.text or "" for text in chart.iter("text")]


def list_numbers(path: ET.Element) -> list[float]:
    return [float(number) for number in re.findall(r"[\d.]+", path.attrib["d"])]


def find(chart: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in chart.iter() if element.get("class") == name]


def text_box(text: ET.Element) -> Box:
    """Left, top, right and bottom, with the widths of DejaVu Sans, a wide font."""
    narrow = sum(letter in " ,.:;ijltfr\u00a0" for letter in text.text or "")
    width = 12 * (0.64 * (len(text.text or "") - narrow) + 0.4 * narrow)
    left = float(text.attrib["x"]) - width * SHARES[text.attrib["text-anchor"]]
    baseline = float(text.attrib["y"])
    return left, baseline - 10, left + width, baseline + 3


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_the_chart_has_axes_marks_and_the_current_price() -> None:
    wide, narrow = draw(TYPICAL)

    assert list_texts(wide) == [
        "£35", "£40", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "26 Nov 2026", "sold out",
        "highest £41.42, 2 Jun", "lowest £32.40, 3 Nov", "£37.32", "copies in stock", "20", "19",
    ]  # fmt: skip
    assert list_texts(narrow)[:5] == ["£35", "£40", "Jul", "Sep", "26 Nov 2026"]
    for chart in (wide, narrow):
        assert [len(find(chart, f"chart-{name}")) for name in ("lowest", "highest", "current", "sold-out")] == [1] * 4


def test_the_line_is_a_step_line() -> None:
    wide, _ = draw([observe(day(1, 1), "5"), observe(day(2, 1), "5"), observe(day(3, 1), "7.50")])

    assert re.fullmatch(r"M[\d.,]+H[\d.]+V([\d.]+)H[\d.]+V[\d.]+H[\d.]+", find(wide, "chart-line")[0].attrib["d"])


def test_the_line_has_a_gap_while_there_is_no_price() -> None:
    wide, _ = draw([observe(day(1, 1), "5"), observe(day(2, 1), in_stock=False), observe(day(3, 1), "6")])

    assert find(wide, "chart-line")[0].attrib["d"].count("M") == 2


def test_the_chart_has_a_text_alternative() -> None:
    ids: list[str] = []
    for chart in draw(TYPICAL):
        title, description = chart[:2]
        assert chart.get("role") == "img"
        assert chart.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert (description.text or "").startswith("Price from 3 May to 26 November 2026: £37.32 now, lowest £32.40")
        ids += [title.attrib["id"], description.attrib["id"]]
    assert len(set(ids)) == 4


def test_every_observation_has_a_tooltip() -> None:
    wide, _ = draw(TYPICAL)

    tooltips = [title.text for title in find(wide, "chart-points")[0].iter("title")]
    assert tooltips[0] == "3 May 2026: £38.20, 20 in stock"
    assert tooltips[2:4] == ["12 August 2026: £38.70, sold out", "3 September 2026: £36.20"]
    assert len(tooltips) == len(TYPICAL)


def test_changes_of_the_stock_are_drawn_below_the_prices() -> None:
    known = [
        observe(day(5, 3), "38.20", in_stock=True, stock=20), observe(day(6, 2), "38.20", in_stock=True, stock=5),
        observe(day(7, 2), "38.20", in_stock=False), observe(day(8, 2), "38.20", in_stock=True),
        observe(day(9, 2), "38.20", in_stock=True, stock=10),
    ]  # fmt: skip
    for chart in draw(known):
        [area], line = find(chart, "chart-stock"), list_numbers(find(chart, "chart-line")[0])
        first, second = area.attrib["d"].removesuffix("Z").split("Z")
        heights = [float(number) for number in re.findall(r"V([\d.]+)", first)]
        bottom, top = heights[-1], heights[0]
        assert heights[1:3] == pytest.approx([bottom - (bottom - top) / 4, bottom], abs=0.1)
        assert second.startswith("M")  # the number was unknown before
        assert float(first[1:].partition(",")[0]) == pytest.approx(line[0], abs=0.1)
        assert list_texts(chart)[-3:] == ["copies in stock", "20", "10"]
        assert "between 0 and 20 copies in stock." in (chart[1].text or "")
        assert top > line[1]


def test_a_constant_stock_is_not_drawn() -> None:
    wide, _ = draw(
        [observe(day(5, 3), "38.20", in_stock=True, stock=2), observe(day(6, 2), "39", in_stock=True, stock=2)]
    )

    assert find(wide, "chart-stock") == []
    assert "copies" not in (wide[1].text or "")


def test_the_chart_has_no_inline_style() -> None:
    assert "style" not in price_chart(build(TYPICAL)) + sparkline(build(TYPICAL))


def test_sold_out_spans_are_shaded_to_the_end_of_the_line() -> None:
    wide, _ = draw([observe(day(1, 1), "5", in_stock=False)])

    [span], line = find(wide, "chart-sold-out"), list_numbers(find(wide, "chart-line")[0])
    left = float(span.attrib["x"])
    assert (left, left + float(span.attrib["width"])) == pytest.approx((line[0], line[-1]), abs=0.1)


def test_a_constant_price_is_labelled_once() -> None:
    wide, _ = draw([observe(day(10, 20), "37.32"), observe(day(10, 25), "37.32")])

    assert find(wide, "chart-lowest") == find(wide, "chart-highest") == []
    assert [text for text in list_texts(wide) if "37.32" in text] == ["£37.32"]


def test_a_difference_below_the_smallest_unit_has_an_axis() -> None:
    wide, _ = draw([observe(day(10, 20), "1000.01", "JPY"), observe(day(10, 25), "1000.02", "JPY")])

    assert list_texts(wide)[:3] == ["JP¥900", "JP¥1,000", "JP¥1,100"]


def test_a_short_chart_has_hours() -> None:
    wide, _ = draw([observe(NOW - timedelta(hours=5), "20"), observe(NOW - timedelta(hours=2), "18.50")])

    assert list_texts(wide)[4:9] == ["18:00", "26 Nov", "06:00", "12:00", "14:00"]


def test_thousands_of_observations_are_thinned_without_losing_the_extremes() -> None:
    start = day(1, 1, year=2023)
    observations = [
        observe(start + (NOW - start) * index / 2000, str(20 + index * 7919 % 1000 / 100), in_stock=index % 2 == 0)
        for index in range(2000)
    ]
    observations[777] = observe(observations[777].time, "3.21")
    observations[1234] = observe(observations[1234].time, "55.55")

    for chart in draw(observations):
        tooltips = [title.text or "" for title in find(chart, "chart-points")[0].iter("title")]
        assert len(tooltips) <= 4 * float(chart.attrib["viewBox"].split()[2]) / 6
        assert {"£3.21", "£55.55"} <= {tooltip.partition(": ")[2].partition(",")[0] for tooltip in tooltips}
        for name in ("lowest", "highest"):
            assert float(find(chart, f"chart-{name}")[0].attrib["cy"]) in list_numbers(find(chart, "chart-line")[0])


def test_each_currency_has_a_chart() -> None:
    histories = build_histories([observe(day(1, 1), "5"), observe(day(2, 1), "7", "EUR")], now=NOW)

    charts = price_charts(histories)

    assert charts.count('class="price-chart"') == 2
    ids = re.findall(r' id="([^"]+)"', charts)
    assert len(ids) == len(set(ids)) == 8
    assert price_charts([]) == ""


def test_the_sparkline_has_a_line_a_mark_and_a_text_alternative() -> None:
    image = ET.fromstring(sparkline(build(TYPICAL)))

    assert [child.get("class") for child in image] == ["chart-line", "chart-current"]
    assert (image.get("aria-label") or "").startswith("Price from 3 May")


amounts = st.one_of(
    st.decimals(min_value=0, max_value=1, places=2),
    st.decimals(min_value=0, max_value=100, places=2),
    st.decimals(min_value=0, max_value=Decimal("99999999.99"), places=2),
)
ages = st.one_of(*(st.integers(0, seconds) for seconds in (1, 80_000, 10_000_000, 900_000_000)))
observed = st.tuples(ages, st.none() | amounts, st.none() | st.booleans())


@given(st.lists(observed, min_size=1, max_size=12), st.sampled_from(["GBP", "CHF", "JPY", "XAF"]))
def test_texts_stay_inside_the_chart_and_never_overlap(
    rows: list[tuple[int, Decimal | None, bool | None]], currency: str
) -> None:
    rows = sorted(rows, key=lambda row: row[0], reverse=True)
    observations = [
        observe(NOW - timedelta(seconds=age), None if price is None else str(price), currency, in_stock=in_stock)
        for age, price, in_stock in rows
    ]
    for svg in (price_charts([history]) for history in build_histories(observations, now=NOW)):
        for chart in ET.fromstring(svg):
            _, _, width, height = map(float, chart.attrib["viewBox"].split())
            texts = list(chart.iter("text"))
            boxes = [text_box(text) for text in texts]
            for left, top, right, bottom in boxes:
                assert left >= -1
                assert right <= width + 1
                assert top >= -1
                assert bottom <= height
            for (one, first), (other, second) in combinations(zip(texts, boxes, strict=True), 2):
                assert not overlap(first, second), (one.text, other.text)
            assert 2 <= len(find(chart, "chart-tick")) <= 12
            for number in list_numbers(find(chart, "chart-line")[0]):
                assert 0 <= number <= width
