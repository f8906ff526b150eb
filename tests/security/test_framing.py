"""Requests with a framing that HTTP/1.1 forbids."""

import json

import pytest

from tests.security.hostile import JSON
from tests.support.raw_http import parse_status, request_head, send_raw
from tests.support.service_process import ServiceProcess

pytestmark = pytest.mark.xdist_group("hostile bodies")

CHUNKED_BODY = b"2\r\n{}\r\n0\r\n\r\n"


def assert_problem(response: bytes, status: int) -> None:
    head, _, body = response.partition(b"\r\n\r\n")
    assert parse_status(response) == status, response
    assert b"content-type: application/problem+json" in head.lower()
    assert b"x-request-id: " in head.lower()
    assert json.loads(body)["status"] == status


@pytest.mark.parametrize("codings", ["gzip, chunked", "gzip,chunked", "deflate, gzip, chunked", "chunked, chunked"])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_other_transfer_codings_are_not_implemented(target_server: ServiceProcess, codings: str, method: str) -> None:
    head = request_head(method, "/api/users", f"Content-Type: {JSON}", f"Transfer-Encoding: {codings}")

    assert_problem(send_raw(target_server, head, CHUNKED_BODY), 501)


def test_codings_in_several_headers_are_not_implemented(target_server: ServiceProcess) -> None:
    codings = ("Transfer-Encoding: gzip", "Transfer-Encoding: chunked")

    response = send_raw(target_server, request_head("POST", "/api/users", *codings), CHUNKED_BODY)

    assert_problem(response, 501)


@pytest.mark.parametrize("coding", ["chunked", "Chunked", " chunked "])
def test_chunked_bodies_are_read(target_server: ServiceProcess, coding: str) -> None:
    head = request_head("POST", "/api/users", f"Content-Type: {JSON}", f"Transfer-Encoding: {coding}")

    assert_problem(send_raw(target_server, head, CHUNKED_BODY), 422)


@pytest.mark.parametrize("path", ["/", "/api/books", "/static/web/style.css", "http://127.0.0.1/api/books"])
def test_requests_without_a_host_are_rejected(target_server: ServiceProcess, path: str) -> None:
    assert_problem(send_raw(target_server, f"GET {path} HTTP/1.1\r\nConnection: close\r\n\r\n".encode()), 400)


def test_http_1_0_needs_no_host(target_server: ServiceProcess) -> None:
    assert parse_status(send_raw(target_server, b"GET / HTTP/1.0\r\n\r\n")) == 200


def test_the_connection_is_closed_after_invalid_framing(target_server: ServiceProcess) -> None:
    """The body could otherwise be read as the next request."""
    head = b"POST /api/users HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
    smuggled = b"GET /api/books HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

    response = send_raw(target_server, head + CHUNKED_BODY, smuggled)

    assert response.count(b"HTTP/1.1 ") == 1
    assert parse_status(response) == 501
