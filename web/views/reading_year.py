"""The page of the books that were finished in a year."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.dates import MONTHS
from django.views.generic import TemplateView

from users.library.reading_years import Month, ReadingYear, count_undated, load_years
from web.cards import load_cards
from web.views.library import LibraryMixin

BAR = 100  # width of the longest bar, in units of the drawing


class ReadingYearView(LibraryMixin, TemplateView):
    """The year of the address, otherwise the latest year with a finished book."""

    template_name = "web/reading_year.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        years = load_years(self.library.owner)
        this_year = timezone.localdate().year
        number = self.kwargs.get("year") or max(years, default=this_year)
        if number not in {*years, this_year}:
            raise Http404
        year = years.get(number) or ReadingYear(number)
        books = list(dict.fromkeys(each.book for each in year.finished))
        context |= {
            "library": self.library,
            "is_shared": self.library.is_shared,
            "year": year,
            "years": sorted({*years, this_year}, reverse=True),
            "months": describe_months(year.months),
            "ratings": describe_ratings(year),
            "undated": count_undated(self.library.owner),
            "books": load_cards(books),
            "abandoned": load_cards(list(dict.fromkeys(year.abandoned))),
        }
        return super().get_context_data(**context)


def describe_months(months: list[Month]) -> list[dict[str, Any]]:
    """The months of the calendar, then readings without a month if there are any."""
    months = [*months[1:], *(month for month in months[:1] if month.readings)]
    most = max(month.readings for month in months)
    return [
        {
            "name": MONTHS.get(month.number, "No month"),
            "books": month.books,
            "rereads": month.rereads,
            "width": scale(month.books, most),
            "reread_width": scale(month.rereads, most),
        }
        for month in months
    ]


def describe_ratings(year: ReadingYear) -> list[dict[str, Any]]:
    """Ratings from the best."""
    ratings = sorted(year.ratings.items(), reverse=True)
    most = max((number for _, number in ratings), default=0)
    return [{"rating": rating, "number": number, "width": scale(number, most)} for rating, number in ratings]


def scale(number: int, most: int) -> int:
    return round(BAR * number / most) if most else 0
