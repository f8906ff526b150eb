"""Template tags of notifications."""

from django import template
from django.template import Context

from users.models import Delivery, User
from users.notifications.reading import MAX_UNREAD, count_unread

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_notifications(context: Context) -> str:
    """The number for the header; empty if there is none. Signed-out visitors cost no query."""
    user = context.get("user")
    number = count_unread(user) if isinstance(user, User) else 0
    return f"{MAX_UNREAD}+" if number > MAX_UNREAD else str(number or "")


@register.filter
def delivery_error(delivery: Delivery) -> str:
    """Why a delivery has not arrived yet, or will not."""
    if delivery.state == Delivery.State.SENT:
        return ""
    return (delivery.message.last_error if delivery.message else "") or ""
