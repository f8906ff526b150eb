"""The size limit of uploads, with the real server."""

from collections.abc import Iterator

import pytest
import requests

from tests.support.raw_http import open_connection, parse_status, receive, request_head
from tests.support.service_process import ServiceProcess
from users.imports.api.views import FORM_BYTES
from users.imports.read_file import MAX_BYTES

pytestmark = pytest.mark.xdist_group("hostile bodies")

HEADER = b"Title,Author\n"
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="export.csv"\r\n\r\n'
END = b"\r\n--x--\r\n"
FORM = "multipart/form-data; boundary=x"


def make_form(size: int) -> bytes:
    """A form with a file of this size."""
    return PART + HEADER + b"a" * (size - len(HEADER)) + END


def stream(body: bytes) -> Iterator[bytes]:
    """In chunks, without a Content-Length."""
    for start in range(0, len(body), 1_000_000):
        yield body[start : start + 1_000_000]


@pytest.mark.parametrize("is_chunked", [False, True])
def test_files_of_20_mb_are_accepted_and_one_byte_more_is_not(
    target_server: ServiceProcess, superuser_headers: dict[str, str], is_chunked: bool
) -> None:
    headers, address = {**superuser_headers, "Content-Type": FORM}, f"{target_server.address}api/imports"

    def upload(size: int) -> requests.Response:
        form = make_form(size)
        return requests.post(address, data=stream(form) if is_chunked else form, headers=headers, timeout=60)

    accepted, refused = upload(MAX_BYTES), upload(MAX_BYTES + 1)

    assert accepted.status_code == 201, accepted.text
    assert refused.status_code == 413, refused.text
    assert refused.json()["detail"] == "file: The file is larger than 20 MB. Split it into several files."


def test_bodies_far_above_the_limit_are_refused_unread(
    target_server: ServiceProcess, superuser_headers: dict[str, str]
) -> None:
    length = MAX_BYTES + FORM_BYTES + 1
    authorization = f"Authorization: {superuser_headers['Authorization']}"
    head = request_head("POST", "/api/imports", f"Content-Type: {FORM}", f"Content-Length: {length}", authorization)

    with open_connection(target_server) as connection:
        connection.sendall(head + PART)
        response = receive(connection)

    assert parse_status(response) == 413
    assert b"larger than 20 MB" in response


@pytest.mark.parametrize("path", ["api/imports/1", "api/library", "api/users"])
def test_other_routes_keep_the_general_limit(
    target_server: ServiceProcess, superuser_headers: dict[str, str], path: str
) -> None:
    method = "PATCH" if path.endswith("1") else "POST"
    headers = {**superuser_headers, "Content-Type": "application/json"}

    response = requests.request(
        method, target_server.address + path, data=b'"' + b"a" * 600_000 + b'"', headers=headers, timeout=20
    )

    assert response.status_code == 413, response.text
    assert response.json()["detail"] == "The request body is too large."


def test_clients_without_credentials_send_no_large_file(target_server: ServiceProcess) -> None:
    head = request_head("POST", "/api/imports", f"Content-Type: {FORM}", f"Content-Length: {MAX_BYTES}")

    with open_connection(target_server) as connection:
        connection.sendall(head + PART)
        assert parse_status(receive(connection)) == 401
