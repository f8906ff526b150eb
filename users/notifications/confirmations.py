"""Mails that ask for the confirmation of an address, before any other mail is sent to it.

The time in `confirmation_due_at` is the truth, and the task only wakes a worker.
"""

import logging
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django_tasks import task
from rest_framework.exceptions import Throttled

from core import task_queue
from core.db.rate_counters import count_attempt
from core.exceptions import Conflict
from users.accounts.mail_delivery import MailFailed, deliver
from users.emails import make_email_key
from users.models import Channel
from users.notifications.transports.email import to_sending_failed, write_confirmation

logger = logging.getLogger(__name__)

LIMITS = ((10, 3600), (30, 86_400))  # mails and seconds, for an account
ADDRESS_LIMIT = (5, 86_400)  # for an address, so that a mailbox cannot be flooded from several accounts
PAUSE = timedelta(minutes=5)
MAX_ATTEMPTS = 10
MAX_ENQUEUED = 200


def request_confirmation(channel: Channel) -> None:
    """Queues the mail. Raises Conflict and Throttled."""
    if channel.kind != Channel.Kind.EMAIL or channel.confirmed_at is not None:
        raise Conflict("This channel needs no confirmation.")
    _check_rate(channel)
    Channel.objects.filter(pk=channel.pk).update(confirmation_due_at=Now(), failures=0, last_error="")
    transaction.on_commit(partial(task_queue.enqueue, send_confirmation, channel.pk), robust=True)


def _check_rate(channel: Channel) -> None:
    keys = [(f"CONFIRMATIONS:{seconds}:account {channel.owner_id}", limit, seconds) for limit, seconds in LIMITS]
    keys.append((f"CONFIRMATIONS:{make_email_key(channel.address)}"[:250], *ADDRESS_LIMIT))
    for key, limit, seconds in keys:
        if (wait := count_attempt(key, limit=limit, seconds=seconds)) is not None:
            raise Throttled(wait)


@task()
def send_confirmation(pk: int) -> str:
    """Returns the outcome. If a worker dies while sending, the mail is not repeated: the reader can ask again."""
    due = Channel.objects.filter(pk=pk, confirmed_at=None, confirmation_due_at__lte=Now())
    if not due.update(confirmation_due_at=None):
        return "not due"
    channel = Channel.objects.get(pk=pk)
    try:
        deliver(write_confirmation(channel))
    except MailFailed as error:
        return _postpone(channel, error)
    return "sent"


def _postpone(channel: Channel, error: MailFailed) -> str:
    is_last = not error.may_retry or channel.failures + 1 >= MAX_ATTEMPTS
    logger.warning("The confirmation of channel %d was not sent: %s", channel.pk, error)
    Channel.objects.filter(pk=channel.pk).update(
        failures=F("failures") + 1,
        last_error=str(to_sending_failed(error)),
        confirmation_due_at=None if is_last else Now() + PAUSE,
    )
    return "failed" if is_last else "postponed"


def retry_confirmations() -> None:
    due = Channel.objects.filter(confirmed_at=None, confirmation_due_at__lte=Now())
    for pk in due.order_by("pk").values_list("pk", flat=True)[:MAX_ENQUEUED]:
        task_queue.enqueue(send_confirmation, pk)
