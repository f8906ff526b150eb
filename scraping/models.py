"""What is kept of a crawl."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class ScrapeRun(models.Model):
    """One execution of a crawl, with its counts and its outcome.

    `seen` = `created` + `updated` + `unchanged` + `held` + `failed`: each listed book counts once.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        REJECTED = "rejected"
        FAILED = "failed"
        INTERRUPTED = "interrupted"
        CANCELLED = "cancelled"

    class Trigger(models.TextChoices):
        COMMAND = "command"
        API = "api"
        ADMIN = "admin"

    ACTIVE = (State.QUEUED, State.RUNNING)

    site = models.CharField(max_length=32)
    state = models.CharField(max_length=16, choices=State.choices, default=State.RUNNING)
    trigger = models.CharField(max_length=16, choices=Trigger.choices)
    is_full = models.BooleanField(
        "fetch every page", default=False, help_text="Not only the pages that are new, changed or old."
    )
    book_limit = models.PositiveIntegerField(null=True, help_text="How many books it was to read at most.")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    reason = models.TextField(null=True, help_text="Why it did not succeed, in one line.")

    requests = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)

    listed = models.PositiveIntegerField(null=True, help_text="How many books the shop said that it lists.")
    fill = models.JSONField(default=dict, help_text="Which share of the books that were read has each field.")

    # Who executes it: tells whether a run that says `running` still does.
    host = models.CharField(max_length=300, blank=True)
    process_id = models.PositiveIntegerField(default=0)
    process_started = models.FloatField(
        default=0, help_text="Seconds since 1970: a process id alone may be another process's by now."
    )
    heartbeat_at = models.DateTimeField(default=timezone.now, help_text="Its last sign of life.")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site"],
                condition=Q(state__in=["queued", "running"]),
                name="one_active_run_a_site",
                violation_error_message="A crawl of this site is on already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site} run {self.pk}, {self.state}"


class ScrapeProblem(models.Model):
    """A page that a run could not read."""

    run = models.ForeignKey(ScrapeRun, models.CASCADE, related_name="problems")
    url = models.TextField()
    field = models.CharField(max_length=64, null=True, help_text="Empty where the page could not be fetched at all.")
    message = models.TextField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.message


class ListingState(models.Model):
    """A listing page as it was last read, by the `version` of its parser; `position` is that of its first book."""

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
    """A product page as it was last read: what it said, and what tells whether it may say something else by now.

    The page of a run that is not known to be right yet is that `run`'s; it stands on its stage, beside the one that
    counts.
    """

    site = models.CharField(max_length=32)
    url = models.TextField()
    run = models.ForeignKey(ScrapeRun, models.CASCADE, null=True, related_name="pages")
    source_key = models.CharField(max_length=64)
    record = models.JSONField()
    listing = models.CharField(max_length=40, blank=True, help_text="The fingerprint of what the listing said.")
    etag = models.CharField(max_length=200, null=True)
    last_modified = models.CharField(max_length=200, null=True)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["site", "source_key"], condition=Q(run=None), name="one_page_a_book"),
            models.UniqueConstraint(fields=["run", "source_key"], name="one_staged_page_a_book"),
        ]

    def __str__(self) -> str:
        return self.url
