"""Books, and the queries of their lists."""

from typing import Self
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber
from simple_history.models import HistoricalRecords

from books.input_rules import CHECKED_FIELDS, find_errors
from books.models.author import Author
from books.models.authorship import Authorship
from books.models.availability import AvailabilityField, availability_constraint
from books.models.category import Category
from books.models.cover_url import CoverUrlField
from books.models.price import HeldPrice, PriceStatus
from books.models.price_summary import SUMMARY_FIELDS, PriceSummaryFields, summary_constraint
from books.models.publication import PublishedQuerySet, published_field
from books.models.source import Source
from books.records import MAX_KEY, MAX_STOCK, MAX_TEXT, MAX_YEAR, MIN_YEAR, WORK_KEY, WORK_KEY_RULE
from books.uploaded_covers import reject_foreign_path
from core.db.fields import FoldedField


def new_key() -> str:
    """A unique source key for a book that is entered by hand."""
    return uuid4().hex


class BookQuerySet(PublishedQuerySet["Book"]):
    entries = "library_entries"

    def listed(self) -> Self:
        """Loads everything that a response contains, in a fixed number of queries."""
        return self.select_related("category").with_authors().with_freshness()

    def with_authors(self) -> Self:
        return self.prefetch_related(models.Prefetch("authorships", Authorship.objects.select_related("author")))

    def without_provisional(self) -> Self:
        """Leaves out the books of sources whose first crawl was not accepted yet."""
        return self.exclude(source__in=Source.objects.filter(is_provisional=True).order_by().values("name"))

    def cheapest_per_category(self) -> Self:
        """Of these books, the one with the lowest price in each category and currency."""
        window = Window(RowNumber(), partition_by=[F("category"), F("currency")], order_by=["price", "pk"])
        priced = self.filter(category__isnull=False, price__isnull=False).order_by()
        ranked = priced.annotate(price_rank=window).filter(price_rank=1)
        return self.filter(pk__in=ranked.values("pk"))

    def with_freshness(self) -> Self:
        """Adds `last_checked_at` and `price_status`.

        A source confirms a book when it is created, later checks have a row. Nothing confirms a book entered by hand.
        """
        last_check = Coalesce(F("last_check__at"), F("created_at"))
        is_pending = Exists(HeldPrice.objects.pending().filter(book=OuterRef("pk")))
        price_status = Case(
            When(is_pending, then=Value(PriceStatus.PENDING_REVIEW)),
            When(price__isnull=False, then=Value(PriceStatus.CURRENT)),
            output_field=models.CharField(null=True),
        )
        return self.annotate(
            last_checked_at=Case(When(~Q(source__in=[Source.MANUAL, Source.IMPORT]), last_check)),
            price_status=price_status,
        )


# Each ordering has a covering index (ordering field, id, all filter columns), so that finding the keys of a filtered
# page is an index-only scan. So has each filter that selects many books, so that facets are counted in an index alone.
# All lists filter by `is_published`, which therefore is in each index; it selects too many books to start one.
ORDERED_BY = ("title_key", "price", "rating", "first_publish_year", "created_at", "updated_at", "change_percent")
COUNTED_BY = ("price", "rating", "source", "category", "availability")
FILTERED_BY = (*COUNTED_BY, "is_published", "missing_since")


class Book(AvailabilityField, PriceSummaryFields):
    """One catalogue row, identified by `source` and `source_key`. The price is the latest that its source stated."""

    title = models.CharField(max_length=MAX_TEXT["title"])
    subtitle = models.CharField(max_length=MAX_TEXT["title"], null=True, blank=True)
    title_key = FoldedField(source="title", second="subtitle")
    authors: models.ManyToManyField[Author, Authorship] = models.ManyToManyField(
        Author, through=Authorship, related_name="books", blank=True
    )
    category = models.ForeignKey(Category, models.PROTECT, related_name="books", null=True, blank=True, db_index=False)
    source = models.CharField(
        max_length=MAX_TEXT["source"],
        default=Source.MANUAL,
        help_text="The name of the source that states the book, such as a shop.",
    )
    source_key = models.CharField(
        max_length=MAX_KEY, default=new_key, help_text="Identifies the book at its source, such as a shop's UPC."
    )
    upc = models.CharField("UPC", max_length=MAX_KEY, null=True, blank=True)
    isbn_13 = models.CharField("ISBN-13", max_length=13, null=True, blank=True, help_text="Only if it is certain.")
    work_key = models.CharField(
        max_length=MAX_KEY,
        null=True,
        blank=True,
        help_text="Open Library's key of the work (OL…W). Rows of one work share it.",
    )
    first_publish_year = models.SmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(MIN_YEAR), MaxValueValidator(MAX_YEAR)],
        help_text="Negative before the year 1.",
    )
    price = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(max_length=3, null=True, blank=True, help_text="ISO 4217, such as GBP.")
    stock = models.PositiveIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(MAX_STOCK)], help_text="Number of copies."
    )
    rating = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)], help_text="1 to 5."
    )
    description = models.TextField(null=True, blank=True, max_length=MAX_TEXT["description"])
    languages = models.JSONField(default=list, blank=True)
    cover_url = CoverUrlField("cover URL", max_length=MAX_TEXT["cover_url"], null=True, blank=True)
    product_url = models.URLField("product URL", max_length=MAX_TEXT["product_url"], null=True, blank=True)
    missing_since = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the source stopped listing the book."
    )
    is_published = published_field()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = BookQuerySet.as_manager()
    # Records people's changes only: ingest writes in bulk, which sends no signals.
    history = HistoricalRecords(excluded_fields=["title_key", *SUMMARY_FIELDS])

    class Meta:
        ordering = ["pk"]
        # All indexes are declared here, because `db_index` on a text field adds a second one for LIKE on PostgreSQL.
        indexes = [
            *(
                models.Index(
                    fields=[name, "id", *(each for each in FILTERED_BY if each != name)], name=f"book_by_{name}"
                )
                for name in dict.fromkeys(ORDERED_BY + COUNTED_BY)
            ),
            models.Index(fields=["missing_since", "id"], name="book_missing_since_order"),
            *(models.Index(fields=[name], name=f"book_{name}") for name in ("upc", "isbn_13", "work_key")),
            models.Index(fields=["id"], condition=Q(missing_since__isnull=False), name="book_missing"),
            models.Index(
                fields=["price_changed_at", "id", "change_percent"],
                condition=Q(price_changed_at__isnull=False),
                name="book_by_price_change",
            ),
            models.Index(fields=["id"], condition=Q(is_published=False), name="book_unpublished"),
        ]
        constraints = [
            summary_constraint(),
            availability_constraint("book_availability_known"),
            models.UniqueConstraint(
                fields=["source", "source_key"],
                name="book_source_key_unique",
                violation_error_message="The catalogue already has a book with this source and key.",
            ),
            *(
                models.CheckConstraint(
                    condition=~Q(**{name: ""}),
                    name=f"book_{name}_null_or_text",
                    violation_error_message="Leave an unknown value null; an empty text is not allowed.",
                )
                for name in ("upc", "work_key", "description", "cover_url", "product_url")
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"),
                name="book_currency_code",
                violation_error_message="Use three capital letters for a currency, such as GBP.",
            ),
            models.CheckConstraint(
                condition=~Q(title=""), name="book_title_not_empty", violation_error_message="Enter a title."
            ),
            models.CheckConstraint(
                condition=~Q(source_key=""),
                name="book_source_key_not_empty",
                violation_error_message="Enter a source key.",
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0),
                name="book_price_not_negative",
                violation_error_message="A price cannot be negative.",
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True, currency__isnull=True) | Q(price__isnull=False, currency__isnull=False),
                name="book_price_has_currency",
                violation_error_message="State a price and its currency together, or neither.",
            ),
            models.CheckConstraint(
                condition=Q(rating__range=(1, 5)),
                name="book_rating_1_to_5",
                violation_error_message="A rating must be a whole number from 1 to 5.",
            ),
            models.CheckConstraint(
                condition=Q(isbn_13__regex=r"^97[89][0-9]{10}$"),
                name="book_isbn_13_digits",
                violation_error_message="An ISBN-13 consists of 13 digits and starts with 978 or 979.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Rejects a key that Open Library cannot have: rows that share one appear as one work in searches.

        ISBN and price are checked if they differ from the stored ones.
        """
        reject_foreign_path(self.cover_url, self.pk)
        stored = Book.objects.filter(pk=self.pk).values(*CHECKED_FIELDS).first() if self.pk else None
        errors = find_errors({name: getattr(self, name) for name in CHECKED_FIELDS}, stored or {})
        if self.work_key and not WORK_KEY.fullmatch(self.work_key):
            errors["work_key"] = WORK_KEY_RULE
        if errors:
            raise ValidationError(errors)
