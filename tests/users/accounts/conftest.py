"""A mail server to which the settings send."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from tests.fakes.mail.server import MailServer, receiving_mail


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    with receiving_mail() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
        yield server
