"""Shops whose pages staff allow Colophon to read."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now

from books.models import Source
from core.money import is_currency
from scraping.origin import has_user_information, normalize_host

MIN_DELAY, MAX_DELAY = 0.1, 3_600.0  # seconds
MAX_PAGES_PER_NIGHT = 100_000
MIN_JUDGED_READINGS = 50  # readings because of a date in the sitemap, before the dates are judged
MIN_SHARE_OF_CHANGES = 0.1


class Shop(models.Model):
    """A shop. Its source has its name and label.

    The pages of a hand-written shop are read by its module in `scraping.sites`, those of the others by their structured
    data. `host` is lower case, without `www.`, and has a port if that is not the default port.
    """

    class Discovery(models.TextChoices):
        TRACKED = "tracked", "Only tracked pages"
        SITEMAP = "sitemap", "Pages in the sitemap"
        LISTINGS = "listings", "Pages linked by listing pages"

    class State(models.TextChoices):
        NEW = "new", "New: its first prices wait for confirmation"
        CONFIRMED = "confirmed", "Confirmed"
        PAUSED = "paused", "Paused"
        BLOCKED = "blocked", "Blocked: it must not be read"

    class DecimalMark(models.TextChoices):
        POINT = ".", "Point, as in 12.50"
        COMMA = ",", "Comma, as in 12,50"

    source = models.OneToOneField(Source, models.PROTECT, primary_key=True, related_name="shop")
    host = models.CharField(
        max_length=260, unique=True, error_messages={"unique": "Another shop has this host."},
        help_text="Such as shop.example. Pages of www.shop.example belong to the same shop.",
    )  # fmt: skip
    is_hand_written = models.BooleanField(default=False, editable=False, help_text="Read by a module of this project.")

    currency = models.CharField(
        max_length=3,
        blank=True,
        help_text="An ISO 4217 code, if all prices have it and the pages state none.",
    )
    decimal_mark = models.CharField(
        max_length=1, blank=True, choices=DecimalMark.choices,
        help_text="Only if prices such as 1.234 are in doubt, and all pages write prices in one way.",
    )  # fmt: skip

    discovery = models.CharField(
        "how pages are found", max_length=16, choices=Discovery.choices, default=Discovery.TRACKED
    )
    sitemap_url = models.CharField(
        "address of the sitemap", max_length=500, blank=True, help_text="Empty: those that robots.txt names."
    )
    listing_urls = models.TextField("addresses of listing pages", blank=True, help_text="One in each line.")
    page_pattern = models.CharField(
        max_length=200, blank=True,
        help_text="The path of product pages, with * for any text. For example: /book/* or /*/p/*.html",
    )  # fmt: skip
    delay = models.FloatField(
        default=1.0, validators=[MinValueValidator(MIN_DELAY), MaxValueValidator(MAX_DELAY)],
        help_text="Seconds between two requests. A longer Crawl-delay in robots.txt is obeyed.",
    )  # fmt: skip
    pages_per_night = models.PositiveIntegerField(
        default=500, validators=[MinValueValidator(1), MaxValueValidator(MAX_PAGES_PER_NIGHT)]
    )

    robots_seen_on = models.DateField(null=True, blank=True, help_text="When a person read robots.txt.")
    terms_read_on = models.DateField(null=True, blank=True, help_text="When a person read the terms of use.")
    allowed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        help_text="Who decided that the shop may be read.",
    )  # fmt: skip
    reading_note = models.TextField("why it may be read", blank=True, max_length=2_000)
    keep_descriptions = models.BooleanField(default=False, help_text="Descriptions are works: keep them if permitted.")
    show_covers = models.BooleanField(default=False, help_text="Covers are works: show them if permitted.")

    state = models.CharField(max_length=16, choices=State.choices, default=State.NEW)
    state_reason = models.TextField(blank=True, help_text="Why the shop is paused or blocked.")
    refusals = models.PositiveIntegerField(default=0, editable=False, help_text="Responses 403 and 429 in a row.")
    robots = models.JSONField(default=dict, editable=False, help_text="The text of robots.txt, by origin.")
    robots_read_at = models.DateTimeField(null=True, editable=False)

    night_started_at = models.DateTimeField(null=True, editable=False, help_text="When the last nightly slice began.")
    pages_left = models.PositiveIntegerField(default=0, editable=False, help_text="To read in this slice.")
    leased_until = models.DateTimeField(
        null=True, editable=False, help_text="A worker reads the shop until then, on the clock of the database."
    )
    discovered_at = models.DateTimeField(null=True, editable=False, help_text="When the last search for pages ended.")
    dated_readings = models.PositiveIntegerField(
        default=0, editable=False, help_text="Pages read because the sitemap stated a newer date."
    )
    dated_changes = models.PositiveIntegerField(default=0, editable=False, help_text="How many of them had changed.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["source"]
        constraints = [
            models.CheckConstraint(condition=models.Q(delay__gte=0), name="shop_delay_not_negative"),
            models.CheckConstraint(condition=models.Q(pages_per_night__gte=1), name="shop_pages_per_night_positive"),
        ]

    def __str__(self) -> str:
        return self.source_id

    @property
    def is_read(self) -> bool:
        """Whether its pages are requested at present."""
        return self.state in {self.State.NEW, self.State.CONFIRMED}

    @property
    def believes_dates(self) -> bool:
        """Whether later dates in the sitemap meant changed pages. Some shops state the day of the request."""
        if self.dated_readings < MIN_JUDGED_READINGS:
            return True
        return self.dated_changes >= self.dated_readings * MIN_SHARE_OF_CHANGES

    def clean(self) -> None:
        errors = {}
        if self.currency and not is_currency(self.currency):
            errors["currency"] = f"{self.currency!r} is not an ISO 4217 code of a currency, such as EUR."
        if self.discovery != self.Discovery.TRACKED and not self.page_pattern.startswith("/"):
            errors["page_pattern"] = "Enter the path of the product pages. It starts with /, such as /book/*."
        if self.discovery == self.Discovery.SITEMAP and self.sitemap_url and not self._owns(self.sitemap_url):
            errors["sitemap_url"] = "Enter the address of the sitemap on the shop's host."
        lines = self.list_listing_urls()
        if self.discovery == self.Discovery.LISTINGS and not (lines and all(map(self._owns, lines))):
            errors["listing_urls"] = "Enter addresses of listing pages on the shop's host, one in each line."
        if errors:
            raise ValidationError(errors)

    def list_listing_urls(self) -> list[str]:
        return [line.strip() for line in self.listing_urls.splitlines() if line.strip()]

    def _owns(self, url: str) -> bool:
        try:
            return normalize_host(url) == self.host and not has_user_information(url)
        except ValueError:
            return False
