"""The Atom feed of a reader's notifications."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape, linebreaks

from users.models import Notification, User
from users.notifications.content import describe
from users.notifications.timetables import make_timetable


def write_feed(request: HttpRequest, owner: User, notifications: Sequence[Notification]) -> str:
    """The identities of feed and entries do not contain the secret of the address."""
    page = request.build_absolute_uri(reverse("web:notifications"))
    feed = Atom1Feed(title="Colophon: notifications", link=page, description=None, feed_guid=page, language="en")
    for notification, item in zip(
        notifications, describe(notifications, make_timetable(owner, None).zone), strict=True
    ):
        feed.add_item(
            title=item.heading,
            link=request.build_absolute_uri(item.path),
            description=linebreaks(escape("\n".join(item.lines))),
            unique_id=f"{page}#{notification.pk}",
            unique_id_is_permalink=False,
            pubdate=notification.created_at,
            updateddate=notification.created_at,
        )
    return feed.writeString("utf-8")
