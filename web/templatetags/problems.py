"""Texts of the error pages. They use no database, so that an outage has a page too."""

from datetime import timedelta

from django import template
from django.utils import timezone
from django.utils.timesince import timesince

register = template.Library()

HEADINGS = {
    400: "This request cannot be read",
    403: "This is not allowed",
    404: "Nothing is here",
    405: "This address does not work like that",
    422: "A value is not valid",
    429: "Too many requests",
    500: "Something went wrong here",
    503: "Not available at the moment",
}
ADVICE = {
    400: "Go back and try again.",
    403: "Go back, or sign in with an account that has the permission.",
    404: "Check the address, or search for the book.",
    405: "Go back, and use the links and buttons of the page.",
    413: "Send less at once.",
    422: "Correct the address, or start again from the catalogue.",
    500: "Try again. If it happens again, send this number to the operator of the site.",
}
MINUTE = 60  # seconds


@register.simple_tag
def problem_heading(status: int) -> str:
    """The heading for people; empty for a status without one."""
    return HEADINGS.get(status, "")


@register.simple_tag
def problem_advice(status: int, retry_after: int | None) -> str:
    """Advice for the reader. `retry_after` is in seconds."""
    if retry_after:
        return f"Try again in {describe_seconds(retry_after)}."
    return ADVICE.get(status, "")


def describe_seconds(seconds: int) -> str:
    """Such as "1 second", "42 seconds" or "5 minutes"; rounded up, because an early retry fails."""
    if seconds < 2 * MINUTE:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    minutes = timedelta(minutes=-(-seconds // MINUTE))
    now = timezone.now()
    return timesince(now, now + minutes).replace("\xa0", " ")
