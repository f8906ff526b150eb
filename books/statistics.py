"""Figures about the catalogue: prices by category, changes and stock-outs by week, freshness, pending reviews.

Each figure is one grouped query over all published books or over the observations of the last weeks.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.cache import caches
from django.db.models import Avg, Case, Count, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from books import catalogue_version
from books.availability import SOLD_OUT, Availability
from books.models import Book, HeldPrice, PriceObservation, Source

WEEKS = 12
BINS = 12
CACHE_SECONDS = 600
AGES = (timedelta(days=1), timedelta(days=7), timedelta(days=30))  # the last group is older
ROUND_DIGITS = (1, 2, 5, 10)


@dataclass(frozen=True)
class CategoryPrices:
    """`bins` are the numbers of books by price, from zero in steps of `step`; the last one has no upper end."""

    category: str | None
    category_id: int | None
    currency: str
    books: int
    sold_out: int
    lowest: Decimal
    average: Decimal
    highest: Decimal
    step: Decimal
    bins: tuple[int, ...]


@dataclass
class Week:
    """`start` is a Monday, in UTC."""

    start: date
    drops: int = 0
    rises: int = 0
    stock_outs: int = 0


@dataclass
class Freshness:
    """Listed books of a source by the age of their last check, as AGES, and older ones."""

    source: str
    books: list[int] = field(default_factory=lambda: [0] * (len(AGES) + 1))
    oldest: datetime | None = None


@dataclass(frozen=True)
class Statistics:
    computed_at: datetime
    categories: list[CategoryPrices]
    weeks: list[Week]
    freshness: list[Freshness]
    in_stock: int
    sold_out: int
    pending_reviews: int
    oldest_review: datetime | None


def load_statistics() -> Statistics:
    """From the cache of the process, if the catalogue has not changed since."""
    cache, key = caches["near"], f"colophon.statistics:{catalogue_version.read()}"
    cached: Statistics | None = cache.get(key)
    if cached is None:
        cached = compute_statistics(timezone.now())
        cache.set(key, cached, CACHE_SECONDS)
    return cached


def compute_statistics(now: datetime) -> Statistics:
    categories = summarize_categories()
    stock = listed_books().aggregate(
        available=Count("pk", filter=Q(availability=Availability.IN_STOCK)),
        sold_out=Count("pk", filter=Q(availability__in=SOLD_OUT)),
    )
    reviews = HeldPrice.objects.pending().aggregate(number=Count("pk"), oldest=Min("held_at"))
    return Statistics(
        computed_at=now, categories=categories, weeks=count_by_week(now), freshness=measure_freshness(now),
        in_stock=stock["available"], sold_out=stock["sold_out"], pending_reviews=reviews["number"],
        oldest_review=reviews["oldest"],
    )  # fmt: skip


def listed_books() -> QuerySet[Book]:
    """Published books that their sources still list."""
    return Book.objects.published().filter(missing_since=None).order_by()


def summarize_categories() -> list[CategoryPrices]:
    """One row for each category and currency, the largest first."""
    priced = listed_books().filter(price__isnull=False)
    rows = priced.values("category", "category__name", "currency").annotate(
        books=Count("pk"), sold=Count("pk", filter=Q(availability__in=SOLD_OUT)), lowest=Min("price"),
        average=Avg("price"), highest=Max("price"),
    )  # fmt: skip
    found = sorted(rows, key=lambda row: (-row["books"], row["category__name"] or "", row["currency"]))
    steps = choose_steps(found)
    bins = count_bins(priced, steps)
    return [
        CategoryPrices(
            category=row["category__name"], category_id=row["category"], currency=row["currency"],
            books=row["books"], sold_out=row["sold"], lowest=row["lowest"],
            average=Decimal(row["average"]).quantize(Decimal("0.01")), highest=row["highest"],
            step=steps[row["currency"]], bins=tuple(bins[row["category"], row["currency"]]),
        )
        for row in found
    ]  # fmt: skip


def choose_steps(rows: Iterable[dict[str, Any]]) -> dict[str, Decimal]:
    """A round step for each currency, so that few of its prices are above the last bin.

    It depends on the average of the categories' highest prices, because a single expensive book would leave one bar.
    """
    highest: dict[str, list[Decimal]] = defaultdict(list)
    for row in rows:
        highest[row["currency"]].append(row["highest"])
    return {currency: round_up(sum(each, Decimal()) / len(each) / BINS) for currency, each in highest.items()}


def round_up(step: Decimal) -> Decimal:
    """To 1, 2 or 5 times a power of ten."""
    step = max(step, Decimal("0.01"))
    power = Decimal(1).scaleb(step.adjusted())
    return next(digit * power for digit in ROUND_DIGITS if digit * power >= step)


def count_bins(books: QuerySet[Book], steps: dict[str, Decimal]) -> dict[tuple[int | None, str], list[int]]:
    """Books by category, currency and bin."""
    bounds = [
        When(currency=currency, price__lt=step * (index + 1), then=Value(index))
        for currency, step in steps.items()
        for index in range(BINS - 1)
    ]
    numbered = books.annotate(bin=Case(*bounds, default=Value(BINS - 1), output_field=IntegerField()))
    bins: dict[tuple[int | None, str], list[int]] = defaultdict(lambda: [0] * BINS)
    for row in numbered.values("category", "currency", "bin").annotate(number=Count("pk")):
        bins[row["category"], row["currency"]][row["bin"]] = row["number"]
    return bins


def count_by_week(now: datetime) -> list[Week]:
    """The last WEEKS weeks, the current one last."""
    today = now.astimezone(timezone.get_default_timezone()).date()
    monday = today - timedelta(days=today.weekday())
    weeks = [Week(monday - timedelta(weeks=index)) for index in reversed(range(WEEKS))]
    starts = [datetime.combine(week.start, time(), tzinfo=now.tzinfo) for week in weeks]
    later = [When(observed_at__lt=end, then=Value(index)) for index, end in enumerate(starts[1:])]
    number = Case(*later, default=Value(WEEKS - 1), output_field=IntegerField())
    recent: Any = PriceObservation.objects.filter(observed_at__gte=starts[0]).order_by().annotate(week=number)
    changes = (
        recent.changes()
        .values("week")
        .annotate(drops=Count("pk", filter=Q(change_percent__lt=0)), rises=Count("pk", filter=Q(change_percent__gt=0)))
    )
    for row in changes:
        weeks[row["week"]].drops, weeks[row["week"]].rises = row["drops"], row["rises"]
    stock_outs: Any = find_stock_outs(recent)
    for row in stock_outs.values("week").annotate(number=Count("pk")):
        weeks[row["week"]].stock_outs = row["number"]
    return weeks


def find_stock_outs(observations: QuerySet[PriceObservation]) -> QuerySet[PriceObservation]:
    """Observations of sold-out books that were in stock at the observation before."""
    earlier = PriceObservation.objects.filter(book=OuterRef("book"), observed_at__lt=OuterRef("observed_at"))
    before = earlier.order_by("-observed_at", "-pk").values("availability")[:1]
    sold_out = observations.filter(availability__in=SOLD_OUT).annotate(before=Subquery(before))
    return sold_out.filter(before=Availability.IN_STOCK)


def measure_freshness(now: datetime) -> list[Freshness]:
    """One row for each source that is checked, by name."""
    checked = listed_books().exclude(source__in=[Source.MANUAL, Source.IMPORT])
    at = Coalesce(F("last_check__at"), F("created_at"))
    ages = [When(checked_at__gt=now - age, then=Value(index)) for index, age in enumerate(AGES)]
    grouped = checked.annotate(checked_at=at).annotate(
        age=Case(*ages, default=Value(len(AGES)), output_field=IntegerField())
    )
    sources: dict[str, Freshness] = {}
    for row in (
        grouped.values("source", "age").annotate(number=Count("pk"), oldest=Min("checked_at")).order_by("source")
    ):
        source = sources.setdefault(row["source"], Freshness(row["source"]))
        source.books[row["age"]] = row["number"]
        source.oldest = min(filter(None, (source.oldest, row["oldest"])))
    return list(sources.values())
