"""Receives mails, and reads their parts and links."""

from email.message import EmailMessage
from urllib.parse import urlsplit

from tests.fakes.mail.server import MailServer


def receive(server: MailServer) -> EmailMessage:
    mail = server.mails.get(timeout=30)
    assert server.mails.empty()
    return mail


def read_part(mail: EmailMessage, kind: str) -> str:
    """`kind` is "plain" or "html"."""
    part = mail.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"
