"""Every kind of mail, about events of the product: both forms state the same facts, in lines that fit."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.fakes.mail.server import MailServer
from tests.screenshots.mail_events import MAILS, create_reader, run_tasks
from tests.users.notifications.mail_parts import read_part
from users.models import Notification

pytestmark = pytest.mark.django_db
WITHOUT_HTML = {"confirmation", "password"}
LINK = re.compile(r"\s*https://\S+")


@pytest.fixture(params=MAILS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def mail(name: str, mail_server: MailServer, django_capture_on_commit_callbacks: Any) -> Any:
    with django_capture_on_commit_callbacks(execute=True):
        MAILS[name](create_reader(name))
    run_tasks()
    received = mail_server.mails.get(timeout=30)
    assert mail_server.mails.empty()
    return received


def read_words(text: str) -> set[str]:
    return {word.strip(",:…\u2068\u2069").casefold() for word in text.split()}


def test_text_and_html_state_the_same_facts(name: str, mail: Any) -> None:
    text = "\n".join(read_part(mail, "plain").splitlines())
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@localhost>")
    assert all(len(line) <= 78 or LINK.fullmatch(line) for line in text.splitlines())
    if name in WITHOUT_HTML:
        assert mail.get_body(("html",)) is None
        return
    page = BeautifulSoup(read_part(mail, "html"), "lxml")
    links = {str(link["href"]) for link in page.find_all("a")}
    facts = text.partition("\n-- \n")[0]
    assert read_words(facts) - read_words(page.get_text(" ")) <= links
    assert links <= {link.strip() for link in LINK.findall(text)}


def test_the_kinds_of_notifications_have_mails(reader: Any) -> None:
    for name, cause in MAILS.items():
        cause(create_reader(name))

    assert set(Notification.objects.values_list("kind", flat=True)) == set(Notification.Kind.values)
