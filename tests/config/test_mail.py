"""The server and the sender of mail, from the environment."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import mail
from config.mail import CONSOLE, SMTP, MailServer


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", MailServer()),
        ("smtp://localhost", MailServer("localhost", 25, "", "", "smtp")),
        ("smtp://[::1]:2525/", MailServer("::1", 2525, "", "", "smtp")),
        ("smtps://ann:p%40ss%2F@mail.test", MailServer("mail.test", 465, "ann", "p@ss/", "smtps")),
        ("smtp+starttls://ann%40books.test:x@mail.test:2587",
         MailServer("mail.test", 2587, "ann@books.test", "x", "smtp+starttls")),
    ],
)  # fmt: skip
def test_server(monkeypatch: pytest.MonkeyPatch, url: str, expected: MailServer) -> None:
    monkeypatch.setenv("EMAIL_URL", url)

    assert mail.server("EMAIL_URL") == expected
    assert expected.backend == (SMTP if url else CONSOLE)


@pytest.mark.parametrize(
    "url", ["mail.test", "http://mail.test", "smtp://", "smtp://u:sesame@mail.test:x", "smtp://h/p", "smtp://h?tls=1"]
)
def test_invalid_server_is_not_repeated(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("EMAIL_URL", url)

    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must have the form smtp://") as caught:
        mail.server("EMAIL_URL")
    assert "sesame" not in str(caught.value)


def test_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    assert mail.sender("SENDER", default="Colophon <colophon@localhost>") == "Colophon <colophon@localhost>"
    for value in ("books@library.test", "The library <books@library.test>"):
        monkeypatch.setenv("SENDER", value)
        assert mail.sender("SENDER", default="x") == value

    monkeypatch.setenv("SENDER", "nobody")
    with pytest.raises(ImproperlyConfigured, match="SENDER must be an e-mail address"):
        mail.sender("SENDER", default="x")
