"""The background tasks of notifications. Their rows are the truth, and the tasks only wake a worker."""

import logging
import time

from django.db import OperationalError
from django_tasks import task

from core import task_queue
from users.models import Channel
from users.notifications import messages
from users.notifications.dispatch import create_deliveries, find_ready_channels
from users.notifications.errors import SendingFailed
from users.notifications.sending import send

logger = logging.getLogger(__name__)

MAX_ENQUEUED = 500  # channels by one run of `dispatch`; the periodic job continues
MAX_ERRORS = 3  # attempts, from which a message is given up if the last two ended with an error of Colophon
INTERNAL_ERROR = "An error in Colophon prevented sending. The log of the server has the details."
STEP_SECONDS = 10.0  # after which the task of a channel ends, so that other tasks get their turn


def wake() -> None:
    task_queue.enqueue(dispatch)


@task()
def dispatch() -> int:
    """Creates deliveries, and enqueues a task for each channel with something to send. Returns the number of tasks."""
    return wake_all()


def wake_all() -> int:
    create_deliveries()
    waiting = [each for each in find_ready_channels()[:MAX_ENQUEUED] if not task_queue.is_waiting(each.task_id)]
    for channel in waiting:
        task_id = task_queue.enqueue(send_to_channel, channel.pk)
        Channel.objects.filter(pk=channel.pk).update(task_id=task_id)
    return len(waiting)


@task()
def send_to_channel(pk: int) -> str:
    """Sends the messages of a channel, one after another. Returns the outcome of the last one."""
    outcome, end = "nothing to send", time.monotonic() + STEP_SECONDS
    while time.monotonic() < end and (message := messages.claim_message(pk)):
        try:
            was_sent = send(message)
        except SendingFailed as error:
            logger.warning("Message %s to channel %d was not sent: %s", message.key, pk, error)
            messages.fail(message, error)
            return "failed"
        except OperationalError:
            raise  # the database is not available: the message is sent again after its lease
        except Exception:  # of any kind: without an outcome, the message would be tried for ever
            logger.exception("Message %s to channel %d caused an error", message.key, pk)
            is_last = message.attempts >= MAX_ERRORS and message.last_error == INTERNAL_ERROR
            messages.fail(message, SendingFailed(INTERNAL_ERROR, is_ours=True, permanent=is_last))
            return "failed"
        messages.finish(message, is_outdated=not was_sent)
        outcome = "sent" if was_sent else "outdated"
    return outcome
