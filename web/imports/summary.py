"""One line about each import, for the list of imports."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from users.models import ImportJob, ImportJobRow
from web.imports.services import label_format

Outcome, State = ImportJobRow.Outcome, ImportJob.State


@dataclass(frozen=True, slots=True)
class JobSummary:
    """`numbers` are texts such as `412 added`."""

    job: ImportJob
    format: str
    numbers: list[str]


def describe_jobs(jobs: Sequence[ImportJob]) -> list[JobSummary]:
    counts = count_outcomes(jobs)
    return [JobSummary(job, label_format(job.format), list_numbers(job, counts[job.pk])) for job in jobs]


def count_outcomes(jobs: Sequence[ImportJob]) -> dict[int, dict[str, int]]:
    """The numbers of rows by job and outcome."""
    rows = ImportJobRow.objects.filter(job__in=jobs).exclude(outcome=None).order_by()
    counts: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for job, outcome, number in rows.values_list("job", "outcome").annotate(Count("pk")):
        counts[job][outcome] = number
    return counts


def list_numbers(job: ImportJob, outcomes: Mapping[str, int]) -> list[str]:
    if job.undone:
        return [f"{number:,} {name}" for name, number in job.undone.items() if number]
    if job.started_at is None:
        return [f"{job.preview['rows']:,} rows"] if job.preview else []
    return [f"{outcomes[each]:,} {each.label.lower()}" for each in Outcome if outcomes.get(each)]
