"""E-mail: plain text and HTML, with an address for unsubscribing with one click (RFC 8058)."""

from textwrap import fill

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from users.accounts.mail_delivery import MailFailed, deliver, make_automatic_headers
from users.models import Channel, ChannelMessage
from users.notifications.content import Content
from users.notifications.errors import SendingFailed
from users.notifications.links import absolute_url
from users.notifications.mail_links import confirmation_url, unsubscribe_url

LINE_LENGTH = 76  # characters of plain text, without a quotation mark and a space before them
CONFIRMATION_SUBJECT = "Confirm your address for notifications of Colophon"


def send(message: ChannelMessage, content: Content) -> None:
    """Raises SendingFailed."""
    mail = write_mail(message, content)
    try:
        deliver(mail)
    except MailFailed as error:
        raise to_sending_failed(error) from error


def to_sending_failed(error: MailFailed) -> SendingFailed:
    if error.is_for_all:
        return SendingFailed("The mail server of Colophon cannot be used at the moment.", is_ours=True)
    if error.is_refused:
        return SendingFailed("The mail server refused the mail. Check the address.", permanent=True)
    return SendingFailed("The mail server did not accept the mail.")


def write_mail(message: ChannelMessage, content: Content) -> EmailMultiAlternatives:
    channel = message.channel
    context = {
        "content": content,
        "entries": [(item, absolute_url(channel, item.path)) for item in content.items],
        "settings_url": absolute_url(channel, reverse("web:account-notifications")),
        "list_url": absolute_url(channel, reverse("web:notifications")),
        "unsubscribe_url": unsubscribe_url(channel),
        "schedule": channel.get_schedule_display().lower(),
    }
    text = wrap(render_to_string("users/notifications/mail.txt", context))
    mail = EmailMultiAlternatives(content.subject, text, None, [channel.address], headers=make_headers(message))
    mail.attach_alternative(render_to_string("users/notifications/mail.html", context), "text/html")
    return mail


def make_headers(message: ChannelMessage) -> dict[str, str]:
    """The Message-ID is that of all attempts, so that mailboxes recognise a repetition."""
    return {
        **make_automatic_headers(message.key),
        **make_unsubscribe_headers(unsubscribe_url(message.channel)),
    }


def make_unsubscribe_headers(url: str) -> dict[str, str]:
    """One click needs an address with https (RFC 8058, section 3.1). Empty if the address of the pages is unknown."""
    headers = {"List-Unsubscribe": f"<{url}>"} if url else {}
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url.startswith("https:") else {}
    return headers | one_click


def wrap(text: str) -> str:
    """Breaks lines after LINE_LENGTH characters, except in addresses of pages. Broken lines keep their indentation."""
    return "\n".join(_wrap_line(line) for line in text.split("\n"))


def _wrap_line(line: str) -> str:
    indentation = " " * (len(line) - len(line.lstrip()))
    return (
        line
        if len(line) <= LINE_LENGTH
        else fill(line, LINE_LENGTH, subsequent_indent=indentation, break_long_words=False, break_on_hyphens=False)
    )


def write_confirmation(channel: Channel) -> EmailMultiAlternatives:
    context = {"link": confirmation_url(channel), "address": channel.address}
    text = wrap(render_to_string("users/notifications/confirmation.txt", context))
    return EmailMultiAlternatives(CONFIRMATION_SUBJECT, text, None, [channel.address], headers=make_automatic_headers())
