"""Imports a library file of another service, or of Colophon, to a user's library."""

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from users.imports.jobs import lifecycle, tasks
from users.imports.jobs.report import Report, build_report
from users.imports.read_file import FORMAT_NAMES
from users.models import ImportJob, User


class Command(BaseCommand):
    help = (
        "Imports FILE to the library of a user, or undoes an import. The questions of the preview take their defaults: "
        "an unknown shelf becomes a tag, media that are not books are skipped, and new books without a reading status "
        "become books to read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="The exported file.")
        parser.add_argument("--user", required=True, metavar="E-MAIL", help="Whose library it is.")
        parser.add_argument("--format", choices=FORMAT_NAMES, help="The format, if it is not to be detected.")
        parser.add_argument("--dry-run", action="store_true", help="State what the import would do, and write nothing.")
        parser.add_argument("--undo", type=int, metavar="JOB", help="Undo the import with this number.")
        parser.add_argument("--json", action="store_true", help="Print the report as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = find_user(options["user"])
        if (options["file"] is None) == (options["undo"] is None):
            raise CommandError("Name a file to import, or an import to undo with --undo.")
        try:
            report = undo(user, options["undo"]) if options["undo"] else import_file(user, options)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(json.dumps(report.to_json(), ensure_ascii=False) if options["json"] else report.to_text())


def find_user(email: str) -> User:
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise CommandError(f"No user has the e-mail address {email}.")
    return user


def import_file(user: User, options: dict[str, Any]) -> Report:
    job = read(user, Path(options["file"]), options["format"] or "")
    if options["dry_run"]:
        report = build_report(job, is_preview=True)
        lifecycle.delete_file(job)
        job.delete()
        return report
    lifecycle.commit(job)
    finish(job, ImportJob.State.IMPORTING)
    tasks.enqueue(job)  # completes the books with Open Library's data in the background
    return build_report(job)


def read(user: User, path: Path, format_name: str) -> ImportJob:
    try:
        with path.open("rb") as file:
            job = lifecycle.create_job(user=user, name=path.name, file=file, format_name=format_name)
    except OSError as error:
        raise CommandError(f"The file cannot be read: {error}.") from error
    lifecycle.run_step(job)
    if job.state != ImportJob.State.READY:
        lifecycle.delete_file(job)
        job.delete()
        raise CommandError(job.error)
    return job


def undo(user: User, number: int) -> Report:
    job = ImportJob.objects.filter(user=user, pk=number).first()
    if job is None:
        raise CommandError(f"{user.email} has no import with the number {number}.")
    lifecycle.start_undo(job)
    finish(job, ImportJob.State.UNDOING)
    return build_report(job)


def finish(job: ImportJob, state: str) -> None:
    """Does all steps of the job in this state."""
    while job.state == state:
        lifecycle.run_step(job)
        job.refresh_from_db()
