"""The product pages of shops that are read by their structured data, and who tracks them."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from books.models import Book
from scraping.models.shop import Shop

MAX_REASON = 500  # characters


class ShopPage(models.Model):
    """A product page, with what determines when it is read next.

    Pages that are due are read in the order of `priority`, then of `due_at`. `key` identifies the page: a hash of its
    address without fragment and tracking parameters. It is also the source key of its book.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Not read yet"
        UNCONFIRMED = "unconfirmed", "Waits for the confirmation of the shop"
        READ = "read", "Read"
        IN_DOUBT = "in_doubt", "In doubt"
        FAILED = "failed", "Cannot be read"
        GONE = "gone", "No longer in the shop"

    class Priority(models.IntegerChoices):
        TRACKED = 0, "Tracked by a reader"
        CHANGED = 1, "Its date in the sitemap is later than its last reading"
        NEW = 2, "Never read"
        READ = 3, "Read before"

    shop = models.ForeignKey(Shop, models.PROTECT, related_name="pages", db_index=False)
    key = models.CharField(max_length=40)
    url = models.TextField()
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NEW)
    due_at = models.DateTimeField(db_default=Now(), help_text="On the clock of the database.")
    dated_at = models.DateTimeField(null=True, help_text="The date in the sitemap (lastmod).")
    listed_at = models.DateTimeField(null=True, help_text="When the sitemap or a listing page last contained the page.")
    read_at = models.DateTimeField(null=True, help_text="When the page was last read successfully.")
    etag = models.CharField(max_length=200, null=True)
    last_modified = models.CharField(max_length=200, null=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=MAX_REASON, blank=True, help_text="Why the last reading failed.")
    failures = models.PositiveIntegerField(default=0, help_text="Readings in a row that failed.")
    record = models.JSONField(null=True, help_text="What the page states, while the shop is not confirmed.")
    sources = models.JSONField(default=dict, help_text="For each field, where the page states it.")
    book = models.ForeignKey(Book, models.SET_NULL, null=True, related_name="shop_pages")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["shop", "priority", "due_at", "id"], name="shop_page_order")]
        constraints = [models.UniqueConstraint(fields=["shop", "key"], name="one_row_a_shop_page")]

    def __str__(self) -> str:
        return self.url


class TrackedPage(models.Model):
    """A person wants a page to be read every night."""

    page = models.ForeignKey(ShopPage, models.PROTECT, related_name="trackings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "page"], name="one_tracking_a_person_and_page")]

    def __str__(self) -> str:
        return self.page.url
