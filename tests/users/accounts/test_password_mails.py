"""Mails for forgotten passwords, through a real SMTP server, and the page that their link opens."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings

from tests.fakes.mail.server import MailServer
from tests.support.clients import NEW_PASSWORD, PASSWORD, is_signed_in, make_client
from tests.support.factories import make_user
from tests.users.accounts.password_requests import PAGE, ask, run_tasks
from users.accounts.password_mails import MAX_MAILS_PER_HOUR, request_password_mail
from users.models import PasswordMail, User

pytestmark = pytest.mark.django_db


def receive_link(server: MailServer) -> str:
    """The path and query of the link in the next mail."""
    text = server.mails.get(timeout=30).get_content()
    (link,) = re.findall(r"http://testserver(/new-password/\S+\?token=\S+)", text)
    return str(link)


def open_link(client: Client, link: str) -> str:
    """The path of the form, which does not contain the token."""
    path: str = client.get(link)["Location"]
    assert "token" not in path
    return path


def choose_password(client: Client, path: str, password: str = NEW_PASSWORD) -> Any:
    return client.post(path, {"new_password1": password, "new_password2": password})


@pytest.mark.parametrize("has_password", [True, False])
def test_the_link_of_the_mail_sets_a_password(ann: User, mail_server: MailServer, has_password: bool) -> None:
    if not has_password:
        ann.set_unusable_password()
        ann.save()
    program, browser, client = make_client(ann), Client(), Client()
    browser.force_login(ann)

    assert ask(" ANN@Example.org", client)["Location"] == "/forgotten-password/sent"
    assert run_tasks() == ["sent"]
    path = open_link(client, receive_link(mail_server))
    assert "New password" in client.get(path).content.decode()
    assert choose_password(client, path)["Location"] == "/sign-in"

    ann.refresh_from_db()
    assert ann.check_password(NEW_PASSWORD)
    assert (is_signed_in(program), browser.get("/api/users/me").status_code) == (False, 401)
    assert "Your password was changed" in client.get("/sign-in").content.decode()


def test_the_mail_names_sender_and_recipient(ann: User, mail_server: MailServer, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Colophon <books@library.test>"
    ask()
    run_tasks()

    message = mail_server.mails.get(timeout=30)
    assert (message["From"], message["To"]) == ("Colophon <books@library.test>", "ann@example.org")
    assert "within 2 hours" in message.get_content()


def test_a_link_works_once(ann: User, mail_server: MailServer) -> None:
    ask()
    run_tasks()
    link, first, second = receive_link(mail_server), Client(), Client()
    paths = [open_link(first, link), open_link(second, link)]
    choose_password(first, paths[0])

    assert "This link was used already" in choose_password(second, paths[1], "yet another one").content.decode()
    assert "This link was used already" in Client().get(link).content.decode()
    ann.refresh_from_db()
    assert ann.check_password(NEW_PASSWORD)


def test_an_old_link_is_invalid(ann: User, mail_server: MailServer, settings: Settings) -> None:
    ask()
    run_tasks()
    settings.PASSWORD_RESET_TIMEOUT = -1

    assert "is too old" in Client().get(receive_link(mail_server)).content.decode()


@pytest.mark.parametrize(
    "path", ["/new-password/MQ?token=x", "/new-password/MQ", "/new-password/%00", "/new-password/x"]
)
def test_invented_links_are_invalid(ann: User, path: str) -> None:
    assert "This link was used already" in Client().get(path).content.decode()
    assert choose_password(Client(), path).status_code == 200
    ann.refresh_from_db()
    assert ann.check_password(PASSWORD)


def test_a_weak_password_is_explained(ann: User, mail_server: MailServer) -> None:
    ask()
    run_tasks()
    client = Client()
    path = open_link(client, receive_link(mail_server))

    response = choose_password(client, path, "password")

    assert (response.status_code, "too common" in response.content.decode()) == (422, True)


@pytest.mark.parametrize("kind", ["unknown", "deactivated"])
def test_without_an_active_account_the_reply_is_the_same_and_no_mail_is_sent(
    ann: User, mail_server: MailServer, kind: str
) -> None:
    email = "unknown@example.org"
    if kind == "deactivated":
        email = make_user(is_active=False).email
    known = ask()

    unknown = ask(email)

    assert (unknown.status_code, unknown["Location"]) == (known.status_code, known["Location"])
    assert run_tasks() == ["sent", "no account"]
    assert not PasswordMail.objects.exists()
    mail_server.mails.get(timeout=30)
    assert mail_server.mails.empty()


def test_the_queue_contains_no_address() -> None:
    ask("unknown@example.org")

    assert "unknown" not in str(DBTaskResult.objects.values_list("args_kwargs", flat=True).get())


def test_requests_are_limited_like_signing_in(ann: User, settings: Settings) -> None:
    settings.LOGINS_PER_ACCOUNT = "2/minute"

    statuses = [ask(email).status_code for email in ("ann@example.org", "ANN@example.org", "ann@example.org")]

    assert statuses == [302, 302, 422]
    response = Client().post("/sign-in", {"username": "ann@example.org", "password": PASSWORD})
    assert "Too many attempts" in response.content.decode()


def test_requests_of_a_client_are_limited(settings: Settings) -> None:
    settings.LOGINS_PER_ADDRESS = "1/minute"

    assert [ask("a@example.org").status_code, ask("b@example.org").status_code] == [302, 422]


def test_mails_to_an_account_are_limited(ann: User, mail_server: MailServer) -> None:
    for _ in range(MAX_MAILS_PER_HOUR + 1):
        request_password_mail(ann.email, page=PAGE)
    outcomes = run_tasks()

    assert outcomes == ["sent"] * MAX_MAILS_PER_HOUR + ["too many mails"]


@pytest.mark.parametrize(
    ("public_url", "hosts", "expected"),
    [
        ("https://books.test", ["*"], "https://books.test/new-password/"),
        ("", ["testserver"], "http://testserver/new-password/"),
    ],
)
def test_the_link_has_the_public_address(
    ann: User, settings: Settings, public_url: str, hosts: list[str], expected: str
) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = public_url, hosts

    ask()
    run_tasks()

    assert expected in mail.outbox[0].body


def test_no_mail_is_sent_if_any_host_is_allowed(ann: User, settings: Settings) -> None:
    """Otherwise a client could choose the host that receives the token."""
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "", ["*"]

    assert Client().post("/forgotten-password", {"email": "ann@example.org"}, HTTP_HOST="evil.test").status_code == 503
    assert not DBTaskResult.objects.exists()
