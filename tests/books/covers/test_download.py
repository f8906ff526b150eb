"""Downloads of images, from real servers."""

import socket

import pytest

from books.covers import download as download_module
from books.covers.download import ACCEPT, MAX_BYTES, download
from core.http_errors import PrivateAddressError, RequestFailed
from tests.fakes.images.app import ImageServer, Reply
from tests.fakes.shop.server import serving
from tests.support.service_process import free_port


def fetch(url: str, *, private_addresses: bool = True) -> tuple[bytes, list[str]]:
    """The body, and the arguments of `wait_for_turn`."""
    hosts: list[str] = []
    body = download(url, contact="", private_addresses=private_addresses, wait_for_turn=hosts.append)
    return body, hosts


def test_body_is_returned(images: ImageServer, images_url: str) -> None:
    images.replies["/a.jpg"] = Reply(b"image")

    assert fetch(f"{images_url}/a.jpg") == (b"image", ["127.0.0.1"])
    assert images.accepts == {ACCEPT}


def test_redirects_are_followed_at_the_rate_of_each_host(images: ImageServer, images_url: str) -> None:
    images.replies |= {
        "/a.jpg": Reply(status="302 Found", location="/b.jpg"),
        "/b.jpg": Reply(status="301 Moved", location=f"{images_url}/c.jpg"),
        "/c.jpg": Reply(b"image"),
    }

    assert fetch(f"{images_url}/a.jpg") == (b"image", ["127.0.0.1"] * 3)


def test_redirects_are_limited(images: ImageServer, images_url: str) -> None:
    images.replies["/a.jpg"] = Reply(status="302 Found", location="/a.jpg")

    with pytest.raises(RequestFailed, match="redirects more than 4 times"):
        fetch(f"{images_url}/a.jpg")
    assert images.requests["/a.jpg"] == 5


def test_private_addresses_are_not_requested(images: ImageServer, images_url: str) -> None:
    with pytest.raises(PrivateAddressError, match=r"private address 127\.0\.0\.1"):
        fetch(f"{images_url}/a.jpg", private_addresses=False)
    assert images.requests == {}


def test_redirects_to_private_addresses_of_other_hosts_are_not_followed(images: ImageServer, images_url: str) -> None:
    """Not even if private addresses are allowed: the first host decides about itself only."""
    with serving(ImageServer()) as other_url:
        location = other_url.replace("127.0.0.1", "localhost") + "admin"
        images.replies["/a.jpg"] = Reply(status="302 Found", location=location)
        with pytest.raises(PrivateAddressError, match="private address"):
            fetch(f"{images_url}/a.jpg")


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://127.0.0.1/a", "data:image/png,A", "http://[::", f"http://{'a' * 254}/"],
)
def test_redirects_to_other_schemes_are_not_followed(images: ImageServer, images_url: str, location: str) -> None:
    images.replies["/a.jpg"] = Reply(status="302 Found", location=location)

    with pytest.raises(RequestFailed, match="address"):
        fetch(f"{images_url}/a.jpg")


def test_bodies_of_redirects_are_not_read(images: ImageServer, images_url: str) -> None:
    images.replies |= {
        "/a.jpg": Reply(status="302 Found", location="/b.jpg", is_slow=True),
        "/b.jpg": Reply(b"image"),
    }

    assert fetch(f"{images_url}/a.jpg")[0] == b"image"


def test_credentials_in_addresses_are_refused(images_url: str) -> None:
    with pytest.raises(RequestFailed, match="with a user name or a password"):
        fetch(images_url.replace("//", "//user:secret@"))


@pytest.mark.parametrize(
    "status", ["404 Not Found", "403 Forbidden", "500 Error", "304 Not Modified", "204 No Content"]
)
def test_other_statuses_are_failures(images: ImageServer, images_url: str, status: str) -> None:
    images.replies["/a.jpg"] = Reply(status=status)

    with pytest.raises(RequestFailed, match=f"returned status {status[:3]}"):
        fetch(f"{images_url}/a.jpg")


def test_large_bodies_are_not_read_to_their_end(images: ImageServer, images_url: str) -> None:
    images.replies["/a.jpg"] = Reply(b"\xff\xd8", endless=100 * 1024 * 1024)

    with pytest.raises(RequestFailed, match="is larger than 5 MiB"):
        fetch(f"{images_url}/a.jpg")
    assert images.sent < 4 * MAX_BYTES  # the rest is in buffers of the sockets


def test_slow_bodies_are_limited_in_time(images: ImageServer, images_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download_module, "TOTAL_SECONDS", 0.3)
    images.replies["/a.jpg"] = Reply(b"\xff\xd8", is_slow=True)

    with pytest.raises(RequestFailed, match="did not arrive completely in time"):
        fetch(f"{images_url}/a.jpg")


def test_silent_servers_are_limited_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download_module, "READ_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/a.jpg"
        with pytest.raises(RequestFailed, match="did not respond in time"):
            fetch(url)


def test_unreachable_servers_are_failures() -> None:
    with pytest.raises(RequestFailed, match="Connection refused"):
        fetch(f"http://127.0.0.1:{free_port()}/a.jpg")
