"""The statistics page for staff who may view price observations."""

from decimal import Decimal
from typing import Any

from django.views.generic import TemplateView

from books.filters import list_source_choices
from books.statistics import CategoryPrices, Statistics, Week, load_statistics
from core.money import format_money
from web.views.runs import StaffMixin

MAX_CATEGORIES = 60
BAR = 100  # width of the longest bar, in units of the drawing
BIN_WIDTH, BIN_HEIGHT = 8, 24  # of the drawing of a distribution


class StatisticsView(StaffMixin, TemplateView):
    permission = "books.view_priceobservation"
    section = "statistics"
    template_name = "web/statistics.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        statistics = load_statistics()
        context |= {
            "statistics": statistics,
            "categories": [describe_category(each) for each in statistics.categories[:MAX_CATEGORIES]],
            "more_categories": max(0, len(statistics.categories) - MAX_CATEGORIES),
            "steps": [format_money(step, currency) for currency, step in sorted(find_steps(statistics))],
            "weeks": describe_weeks(statistics.weeks),
            "freshness": describe_freshness(statistics),
        }
        return super().get_context_data(**context)


def find_steps(statistics: Statistics) -> set[tuple[str, Decimal]]:
    """The width of a bar of the distributions, by currency."""
    return {(each.currency, each.step) for each in statistics.categories}


def describe_category(row: CategoryPrices) -> dict[str, Any]:
    most = max(row.bins)
    return {
        "row": row,
        "name": row.category or "No category",
        "bars": [
            {"x": index * BIN_WIDTH, "y": BIN_HEIGHT - height, "height": height}
            for index, height in enumerate(round(BIN_HEIGHT * number / most) if number else 0 for number in row.bins)
        ],
        "description": describe_distribution(row),
    }


def describe_distribution(row: CategoryPrices) -> str:
    """Such as "Books by price: 3 from £0.00 to £5.00, 1 from £55.00"; the last bar has no upper end."""
    parts = []
    for index, number in enumerate(row.bins):
        if number:
            low, high = (format_money(row.step * bound, row.currency) for bound in (index, index + 1))
            parts.append(f"{number:,} from {low}" + (f" to {high}" if index < len(row.bins) - 1 else ""))
    return f"Books by price: {', '.join(parts)}"


def describe_weeks(weeks: list[Week]) -> list[dict[str, Any]]:
    """The latest week first, with the widths of two bars."""
    most = max((week.drops + week.rises for week in weeks), default=0) or 1
    return [
        {"week": week, "drops": round(BAR * week.drops / most), "rises": round(BAR * week.rises / most)}
        for week in reversed(weeks)
    ]


def describe_freshness(statistics: Statistics) -> list[dict[str, Any]]:
    labels = dict(list_source_choices())
    return [{"label": labels.get(each.source, each.source), "row": each} for each in statistics.freshness]
