"""Template tags of notifications."""

from datetime import datetime

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.dateformat import format as format_date

from users.models import Delivery, User
from users.models.channel import SWITCHED_OFF
from users.notifications.reading import MAX_UNREAD, count_unread

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_notifications(context: Context) -> str:
    """The number for the header; empty if there is none. Signed-out visitors cost no query."""
    user = context.get("user")
    number = count_unread(user) if isinstance(user, User) else 0
    return f"{MAX_UNREAD}+" if number > MAX_UNREAD else str(number or "")


@register.filter
def delivery_text(delivery: Delivery) -> str:
    """Such as "sent 3 May 2026, 10:00". What waits is sent when it is due, and not while its channel pauses.

    What was queued while the channel was switched off is never sent.
    """
    if delivery.delivered_at:
        return f"sent {format_time(delivery.delivered_at)}"
    if delivery.state != Delivery.State.WAITING:
        return delivery.get_state_display().lower()
    if delivery.channel.disabled_at:
        return Delivery.State.FAILED.label.lower()
    moment = max(delivery.due_at, delivery.channel.retry_at or delivery.due_at)
    return f"to be sent {format_time(moment)}" if moment > timezone.now() else "is being sent"


def format_time(moment: datetime) -> str:
    """In the reader's time zone."""
    return format_date(timezone.localtime(moment), "j F Y, H:i")


@register.filter
def delivery_error(delivery: Delivery) -> str:
    """Why a delivery has not arrived yet, or will not."""
    if delivery.state == Delivery.State.SENT:
        return ""
    if delivery.message or delivery.state != Delivery.State.WAITING:
        return delivery.error
    if delivery.channel.disabled_at:
        return SWITCHED_OFF
    return delivery.channel.last_error if delivery.channel.retry_at and delivery.channel.failures else ""
