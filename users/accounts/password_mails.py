"""Mails with a link to choose a new password.

An account without a password gets one as well, so that its owner can sign in. The request does the same for an unknown
address as for an account, and a task sends the mail, so that neither response nor time reveals accounts.

A row of PasswordMail is the truth, and the task only wakes a worker. An attempt starts with a conditional update and
the row is deleted after it, so that each mail is sent once. It is not repeated if the mail server may have accepted it.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.db.models import F
from django.db.models.functions import Now
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.http import urlencode, urlsafe_base64_encode
from django_tasks import task

from core import task_queue
from core.db.rate_counters import count_attempt
from core.exceptions import Misconfigured
from users.accounts.mail_delivery import MailFailed, deliver, make_automatic_headers
from users.emails import make_email_key
from users.models import PasswordMail, User

MAX_MAILS_PER_HOUR = 5  # to one account, so that a mailbox cannot be flooded
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 4, 10, 15, 25))  # after each failed attempt
MAX_AGE = timedelta(hours=1)  # later links are of no use, because readers ask again
MAX_ENQUEUED = 500  # mails by one run of the periodic job

logger = logging.getLogger(__name__)


def request_password_mail(email: str, *, page: str) -> None:
    """Stores the request and queues the mail. `page` is the address of the page that the link opens."""
    account = User.objects.filter(email_key=make_email_key(email), is_active=True).only("pk").first()
    enqueue(PasswordMail.objects.create(user=account, page=page, requested_at=Now(), next_attempt_at=Now()))


def enqueue(mail: PasswordMail) -> None:
    """If the queue is unavailable, retry_mails enqueues the mail later."""
    task_id = task_queue.enqueue(send_password_mail, mail.pk)
    PasswordMail.objects.filter(pk=mail.pk).update(task_id=task_id)


def public_address(request: HttpRequest, path: str) -> str:
    """The address of a path for a mail. Raises Misconfigured if only the client states the name of the host.

    A client that could choose the host of the link would receive the token of an account that it does not own.
    """
    if settings.PUBLIC_URL:
        return f"{settings.PUBLIC_URL}{path}"
    if "*" in settings.ALLOWED_HOSTS:
        raise Misconfigured("Messages cannot have links: PUBLIC_URL is not set, and ALLOWED_HOSTS allows every host.")
    return request.build_absolute_uri(path)


def public_origin(request: HttpRequest) -> str:
    """The address of the pages without a path. Raises Misconfigured as public_address does."""
    return public_address(request, "/").removesuffix("/")


@task()
def send_password_mail(pk: int) -> str:
    """Sends the link if its account is still active. Returns the outcome."""
    mail = _claim(pk)
    if mail is None:
        return "not due"
    account = mail.user
    if account is None or not account.is_active:
        mail.delete()
        return "no account"
    if mail.attempts == 1 and not _count_mail(account):
        mail.delete()
        return "too many mails"
    return _attempt(mail, account)


def _claim(pk: int) -> PasswordMail | None:
    """Starts an attempt. Returns None if another worker has started one or it is not due."""
    rows = PasswordMail.objects.filter(pk=pk, next_attempt_at__lte=Now(), requested_at__gt=Now() - MAX_AGE)
    if not rows.update(next_attempt_at=None, attempts=F("attempts") + 1):
        return None
    return PasswordMail.objects.select_related("user").filter(pk=pk).first()


def _count_mail(account: User) -> bool:
    """Returns whether the mail is within the limit."""
    key = f"PASSWORD_MAILS:account {account.pk}"
    return count_attempt(key, limit=MAX_MAILS_PER_HOUR, seconds=3600) is None


def _attempt(mail: PasswordMail, account: User) -> str:
    try:
        deliver(_write_message(account, mail.page))
    except MailFailed as error:
        return _postpone(mail, error)
    mail.delete()
    return "sent"


def _write_message(account: User, page: str) -> EmailMessage:
    identity = urlsafe_base64_encode(str(account.pk).encode())
    query = urlencode({"token": default_token_generator.make_token(account)})  # queries are not logged, paths are
    context = {"link": f"{page}/{identity}?{query}", "hours": settings.PASSWORD_RESET_TIMEOUT // 3600}
    text = render_to_string("users/password_mail.txt", context)
    return EmailMessage("Your password for Colophon", text, None, [account.email], headers=make_automatic_headers())


def _postpone(mail: PasswordMail, error: MailFailed) -> str:
    """Sets the time of the next attempt, or deletes a mail that must not be sent again."""
    if error.may_retry and mail.attempts <= len(PAUSES):
        logger.warning("The mail to account %s was not sent and is tried again: %s", mail.user_id, error)
        later = Now() + PAUSES[mail.attempts - 1]
        PasswordMail.objects.filter(pk=mail.pk).update(next_attempt_at=later)
        return "postponed"
    logger.error("The mail to account %s could not be sent: %s", mail.user_id, error)
    mail.delete()
    return "failed"


def retry_mails() -> None:
    """Enqueues mails that are due and have no task, and deletes those older than MAX_AGE."""
    for mail in PasswordMail.objects.filter(requested_at__lte=Now() - MAX_AGE):
        if mail.user_id:
            logger.error("The mail to account %s could not be sent within %s.", mail.user_id, MAX_AGE)
        mail.delete()
    for mail in PasswordMail.objects.filter(next_attempt_at__lte=Now()).order_by("pk")[:MAX_ENQUEUED]:
        if not task_queue.is_waiting(mail.task_id):
            enqueue(mail)
