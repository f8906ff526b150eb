"""The rate of the requests to the hosts of covers."""

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings

from books.covers import host_rate, tasks
from books.covers.host_rate import Postponed, delete_unused_hosts, reserve
from books.models import Cover, ExternalService
from tests.support.database_clock import Clock
from tests.support.factories import make_book

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the database."""
    clock = Clock()
    monkeypatch.setattr(host_rate, "read_time", clock.time)
    return clock


def test_each_host_has_a_request_a_second(clock: Clock) -> None:
    assert [reserve("a.example") for _ in range(3)] == [0, 1, 2]
    assert reserve("b.example") == 0
    clock.now += 2.5
    assert reserve("a.example") == 0.5


@pytest.mark.usefixtures("clock")
def test_shops_have_the_delay_of_their_setting(settings: Settings) -> None:
    settings.SHOP_URLS = {"corner_shop": "https://shop.example:8443/books/"}
    settings.SHOP_DELAYS = {"corner_shop": 0.25}

    assert [reserve("shop.example") for _ in range(3)] == [0, 0.25, 0.5]
    assert [reserve("images.example") for _ in range(2)] == [0, 1]


@pytest.mark.usefixtures("clock")
def test_far_times_are_not_waited_for(settings: Settings) -> None:
    settings.SHOP_URLS, settings.SHOP_DELAYS = {"slow": "https://slow.example/"}, {"slow": 3600}
    reserve("slow.example")

    with pytest.raises(Postponed) as caught:
        reserve("slow.example")
    assert caught.value.seconds == 3600


def test_postponed_cover_returns_to_the_queue(settings: Settings) -> None:
    settings.SHOP_URLS, settings.SHOP_DELAYS = {"slow": "https://slow.example/"}, {"slow": 3600}
    reserve("slow.example")
    Client().get(f"/covers/{make_book(cover_url='https://slow.example/a.jpg').pk}/120")
    task = DBTaskResult.objects.get()
    task.claim("worker")

    assert tasks.fetch.call(*task.args_kwargs["args"]) == "waiting"
    assert Cover.objects.get().attempts == 0
    tasks.recover_covers()
    assert not DBTaskResult.objects.ready().exists()
    Cover.objects.update(not_before=Cover.objects.get().used_at)
    tasks.recover_covers()
    assert DBTaskResult.objects.ready().exists()


def test_host_that_does_not_respond_is_left_alone_for_a_minute(clock: Clock) -> None:
    reserve("dead.example")
    host_rate.pause("dead.example")

    with pytest.raises(Postponed):
        reserve("dead.example")
    assert reserve("b.example") == 0
    clock.now += 60
    assert reserve("dead.example") == 0


def test_unused_hosts_are_deleted(clock: Clock) -> None:
    ExternalService.objects.create(name="open_library", next_request_at=clock.now)
    reserve("old.example")
    clock.now += 86_000
    reserve("recent.example")
    clock.now += 1_000

    delete_unused_hosts()

    assert set(ExternalService.objects.values_list("name", flat=True)) == {"open_library", "covers:recent.example"}
