"""Periodic jobs of accounts and libraries."""

from datetime import timedelta

from django.db.models.functions import Now

from core.periodic_jobs import ALWAYS, periodic
from users.accounts import password_mails
from users.imports.jobs import tasks
from users.models import Token
from users.notifications import confirmations
from users.notifications.retention import delete_old_notifications
from users.notifications.tasks import wake_all


@periodic(every=timedelta(days=1))
def delete_expired_tokens() -> None:
    Token.objects.filter(expiry__lt=Now()).delete()


@periodic(every=ALWAYS)
def retry_password_mails() -> None:
    password_mails.retry_mails()


@periodic(every=ALWAYS)
def recover_imports() -> None:
    tasks.recover_imports()


@periodic(every=timedelta(days=1))
def delete_old_import_files() -> None:
    tasks.delete_old_files()


@periodic(every=ALWAYS)
def send_notifications() -> None:
    """Digests that are due, repeated attempts, and notifications whose task was lost."""
    wake_all()


@periodic(every=ALWAYS)
def retry_confirmations() -> None:
    confirmations.retry_confirmations()


@periodic(every=timedelta(days=1))
def delete_notifications() -> None:
    delete_old_notifications()
