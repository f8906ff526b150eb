"""Reads the parts of mails."""

from email.message import EmailMessage


def read_part(mail: EmailMessage, kind: str) -> str:
    """`kind` is "plain" or "html"."""
    part = mail.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content
