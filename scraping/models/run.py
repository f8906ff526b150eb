"""Crawls of a shop, with their problems."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class ScrapeRun(models.Model):
    """One execution of a crawl, with its counts and its outcome.

    `seen` = `created` + `updated` + `unchanged` + `held` + `failed`: every listed book counts once.
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
        "fetch every page", default=False, help_text="Otherwise only pages that are new, changed or due."
    )
    book_limit = models.PositiveIntegerField(null=True, help_text="The largest number of books to read.")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    reason = models.TextField(null=True, help_text="Why the run did not succeed, in one line.")

    requests = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    price_changes = models.PositiveIntegerField(default=0)
    largest_changes = models.JSONField(default=list, help_text="The price changes with the highest percentages.")

    listed = models.PositiveIntegerField(null=True, help_text="The number of books in the shop's listing.")
    fill = models.JSONField(default=dict, help_text="For each field, the share of the books read that have a value.")

    task_id = models.CharField(max_length=64, blank=True, help_text="The task that hands a queued run to a worker.")
    attempts = models.PositiveIntegerField(default=0, help_text="How often a process has started the run.")
    crashes = models.PositiveIntegerField(default=0, help_text="How many of its workers died.")
    continues_since = models.DateTimeField(
        null=True,
        help_text="Pages read since then are not fetched again: the start of this run, or of the first of the "
        "unfinished runs that it continues.",
    )

    # The process that executes the run, for the check whether a run in state `running` is still alive.
    host = models.CharField(max_length=300, blank=True)
    process_id = models.PositiveIntegerField(default=0)
    process_started = models.FloatField(
        default=0, help_text="In seconds since 1970. Needed because the system reuses process ids."
    )
    heartbeat_at = models.DateTimeField(db_default=Now(), help_text="On the clock of the database.")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site"],
                condition=Q(state__in=["queued", "running"]),
                name="one_active_run_a_site",
                violation_error_message="Another crawl of this site is queued or running.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site} run {self.pk}, {self.state}"


class ScrapeProblem(models.Model):
    """A page that a run could not read."""

    run = models.ForeignKey(ScrapeRun, models.CASCADE, related_name="problems")
    url = models.TextField()
    field = models.CharField(max_length=64, null=True, help_text="Empty if the page could not be fetched.")
    message = models.TextField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.message
