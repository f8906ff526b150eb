"""Mails with a link to choose a new password.

An account without a password gets one as well, so that its owner can sign in. The request does the same for an unknown
address as for an account, and a task sends the mail, so that neither response nor time reveals accounts.
"""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.http import urlencode, urlsafe_base64_encode
from django_tasks import task

from core import task_queue
from core.db.rate_counters import count_attempt
from core.exceptions import ExternalServiceUnavailable, Misconfigured
from users.emails import make_email_key
from users.models import User

MAX_MAILS_PER_HOUR = 5  # to one account, so that a mailbox cannot be flooded

logger = logging.getLogger(__name__)


def request_password_mail(email: str, *, page: str) -> None:
    """Queues the mail. `page` is the address of the page that the link opens.

    Raises ExternalServiceUnavailable if the queue is unavailable.
    """
    account = User.objects.filter(email_key=make_email_key(email), is_active=True).only("pk").first()
    if not task_queue.enqueue(send_password_mail, account.pk if account else None, page):
        raise ExternalServiceUnavailable("Mails cannot be sent at the moment. Try again later.")


def public_address(request: HttpRequest, path: str) -> str:
    """The address of a path for a mail. Raises Misconfigured if only the client states the name of the host.

    A client that could choose the host of the link would receive the token of an account that it does not own.
    """
    if settings.PUBLIC_URL:
        return f"{settings.PUBLIC_URL}{path}"
    if "*" in settings.ALLOWED_HOSTS:
        raise Misconfigured("Mails cannot be sent: PUBLIC_URL is not set, and ALLOWED_HOSTS allows every host.")
    return request.build_absolute_uri(path)


@task()
def send_password_mail(pk: int | None, page: str) -> str:
    """Sends the link to an account that is still active. Returns the outcome."""
    account = User.objects.filter(pk=pk or 0, is_active=True).first()
    if account is None:
        return "no account"
    if count_attempt(f"PASSWORD_MAILS:account {pk}", limit=MAX_MAILS_PER_HOUR, seconds=3600) is not None:
        return "too many mails"
    return "sent" if send_link(account, page) else "failed"


def send_link(account: User, page: str) -> bool:
    identity = urlsafe_base64_encode(str(account.pk).encode())
    query = urlencode({"token": default_token_generator.make_token(account)})  # queries are not logged, paths are
    context = {"link": f"{page}/{identity}?{query}", "hours": settings.PASSWORD_RESET_TIMEOUT // 3600}
    try:
        send_mail(
            "Your password for Colophon", render_to_string("users/password_mail.txt", context), None, [account.email]
        )
    except (SMTPException, OSError) as error:
        logger.error("The mail to account %d could not be sent: %s", account.pk, type(error).__name__)  # noqa: TRY400
        return False
    return True
