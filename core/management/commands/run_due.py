"""`manage.py run_due`: runs the periodic jobs that are due."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.periodic_jobs import run_due


class Command(BaseCommand):
    help = (
        "Runs the periodic jobs that are due. A worker (run_worker) does so every minute; without one, call this "
        "command every minute with cron. Exit status: 0 success, also if another process is running the jobs; 1 a job "
        "failed. It is repeated by the next call."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        outcomes = run_due()
        if outcomes is None:
            self.stdout.write("Another process is running the periodic jobs.")
            return
        failed = [f"{outcome.name} ({outcome.error})" for outcome in outcomes if outcome.error]
        if failed:
            raise CommandError(f"Failed: {'; '.join(failed)}")
        self.stdout.write(f"Done: {', '.join(outcome.name for outcome in outcomes) or 'nothing was due'}.")
