"""The sitemap files and listing pages of shops."""

from django.db import models

from scraping.models.shop import Shop

MAX_PROBLEM = 500  # characters


class PageList(models.Model):
    """A document that lists pages of a shop: a file of its sitemap, or a listing page.

    A search for pages starts with the addresses of the shop's settings. These lists are pending, and so are those that
    they name, until they are read. A search that was interrupted therefore continues with the pending lists.
    """

    class Kind(models.TextChoices):
        SITEMAP = "sitemap", "Sitemap"
        LISTING = "listing", "Listing page"

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="page_lists", db_index=False)
    key = models.CharField(max_length=40, help_text="A hash of the address.")
    url = models.TextField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    depth = models.PositiveIntegerField(help_text="The number of lists on the way from the shop's settings.")
    searched_at = models.DateTimeField(help_text="When the last search began that found this list.")
    is_pending = models.BooleanField(help_text="It has to be read in this search.")
    dated_at = models.DateTimeField(null=True, help_text="The date in the index (lastmod).")
    read_at = models.DateTimeField(null=True, help_text="When it was last read to its end, or was not modified.")
    read_dated_at = models.DateTimeField(null=True, help_text="The date in the index at that time.")
    read_pattern = models.CharField(max_length=200, blank=True, help_text="The shop's page_pattern at that time.")
    etag = models.CharField(max_length=200, null=True)
    last_modified = models.CharField(max_length=200, null=True)
    entries = models.PositiveIntegerField(default=0, help_text="Addresses on the shop's host.")
    problem = models.CharField(max_length=MAX_PROBLEM, blank=True, help_text="Why it was not read to its end.")

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["shop", "kind", "depth", "id"], condition=models.Q(is_pending=True), name="pending_page_list"
            )
        ]
        constraints = [models.UniqueConstraint(fields=["shop", "key"], name="one_row_a_page_list")]

    def __str__(self) -> str:
        return self.url
