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
    started_at = models.DateTimeField(null=True, default=timezone.now)
    finished_at = models.DateTimeField(null=True)
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
    host = models.CharField(max_length=300)
    process_id = models.PositiveIntegerField()
    process_started = models.FloatField(
        help_text="Seconds since 1970: a process id alone may be another process's by now."
    )
    heartbeat_at = models.DateTimeField(default=timezone.now)

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


class StagedRecord(models.Model):
    """What a run read, until it has passed the gates."""

    run = models.ForeignKey(ScrapeRun, models.CASCADE, related_name="staged")
    url = models.TextField()
    source_key = models.CharField(max_length=64)
    record = models.JSONField()
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["run", "source_key"], name="staged_once_a_run")]

    def __str__(self) -> str:
        return self.url
