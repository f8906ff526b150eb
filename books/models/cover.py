"""Covers of books that the service serves itself."""

from django.db import models
from django.db.models.functions import Now

from books.records import MAX_TEXT


class Cover(models.Model):
    """The image at a `cover_url`. Books with the same address share it.

    It is fetched no earlier than `not_before`, which is the end of the pause after a failure. While a worker fetches
    it, `not_before` is the end of the worker's lease. Times are on the clock of the database.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waits for a worker"
        FETCHING = "fetching"
        READY = "ready"
        FAILED = "failed"
        EVICTED = "evicted", "evicted from the cache"

    # Identifies the address, because an index entry on PostgreSQL cannot hold the longest ones.
    url_hash = models.CharField(max_length=64, unique=True)
    url = models.CharField("URL", max_length=MAX_TEXT["cover_url"])
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    not_before = models.DateTimeField(db_default=Now())
    attempts = models.PositiveIntegerField(default=0, help_text="Since the last success.")
    reason = models.CharField(max_length=300, default="", blank=True, help_text="Why the last attempt failed.")
    digest = models.CharField(max_length=64, default="", blank=True, help_text="SHA-256 of the stored images.")
    size = models.PositiveIntegerField(default=0, help_text="Bytes of the stored images.")
    used_at = models.DateTimeField(db_default=Now(), help_text="Last request, exact to an hour.")
    is_uploaded = models.BooleanField(default=False, db_default=False, help_text="By a person: never evicted.")
    task_id = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "used_at"], name="cover_state_used")]

    def __str__(self) -> str:
        return self.url
