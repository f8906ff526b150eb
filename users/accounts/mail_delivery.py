"""Hands a mail to the mail server, and decides after a failure whether it may be sent again."""

from contextlib import suppress
from smtplib import SMTPHeloError, SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage, get_connection


class MailFailed(Exception):
    """The message is one line without addresses. `may_retry`: the mail was not accepted, and may be later.

    `is_refused`: the server will not accept this mail later. `is_for_all`: the server cannot be used for any mail.
    """

    def __init__(self, error: OSError, *, may_retry: bool, has_connected: bool = True) -> None:
        super().__init__(type(error).__name__)
        self.may_retry = may_retry
        self.is_for_all = not has_connected or isinstance(error, SMTPHeloError | SMTPSenderRefused)
        self.is_refused = not self.is_for_all and any(code >= 500 for code in read_codes(error))


def make_automatic_headers(key: object = None) -> dict[str, str]:
    """No replies of programs (RFC 3834), and an identifier that does not contain the name of this machine."""
    return {"Auto-Submitted": "auto-generated", "Message-ID": f"<{key or uuid4()}@{settings.MAIL_DOMAIN}>"}


def deliver(message: EmailMessage) -> None:
    """Raises MailFailed."""
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:  # every error of smtplib is one
        raise MailFailed(error, may_retry=True, has_connected=False) from error
    try:
        connection.send_messages([message])
    except OSError as error:
        raise MailFailed(error, may_retry=is_temporary_refusal(error)) from error
    finally:
        with suppress(OSError):  # the server has accepted or refused the mail already
            connection.close()


def is_temporary_refusal(error: OSError) -> bool:
    """Whether the server has refused the mail with codes from 400 to 499 (RFC 5321, section 4.2.1).

    If the connection is lost or the server does not respond in time, it may have accepted the mail.
    """
    codes = read_codes(error)
    return bool(codes) and all(400 <= code < 500 for code in codes)


def read_codes(error: OSError) -> list[int]:
    """The codes with which the server has refused the mail; none if it did not reply."""
    if isinstance(error, SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, SMTPResponseException) else []
