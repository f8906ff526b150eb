"""The listing and product pages that the last crawls read."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from scraping.models.run import ScrapeRun


class ListingState(models.Model):
    """A listing page, as the last run read it.

    `version` is the version of its parser, `position` the position of its first book in the whole listing.
    """

    site = models.CharField(max_length=32)
    version = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    url = models.TextField()
    listing = models.JSONField()
    etag = models.CharField(max_length=200, null=True)
    last_modified = models.CharField(max_length=200, null=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["site", "position"], name="one_listing_page_a_position")]

    def __str__(self) -> str:
        return self.url


class PageState(models.Model):
    """A product page, as the last run read it, with the data that shows whether it must be fetched again.

    A page with a `run` is staged: the run has not passed the quality gates yet. Without a run it is published.
    """

    site = models.CharField(max_length=32)
    url = models.TextField()
    run = models.ForeignKey(ScrapeRun, models.CASCADE, null=True, related_name="pages")
    source_key = models.CharField(max_length=64)
    record = models.JSONField()
    listing = models.CharField(
        max_length=40, blank=True, help_text="The parser's version and the fingerprint of the listing entry."
    )
    etag = models.CharField(max_length=200, null=True)
    last_modified = models.CharField(max_length=200, null=True)
    read_at = models.DateTimeField(db_default=Now(), help_text="On the clock of the database.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["site", "source_key"], condition=Q(run=None), name="one_page_a_book"),
            models.UniqueConstraint(fields=["run", "source_key"], name="one_staged_page_a_book"),
        ]

    def __str__(self) -> str:
        return self.url
