"""Hostile requests to a running server: each is rejected in time, with a problem document."""

import json

import pytest
import requests

from tests.security.hostile import EXPECTED_STATUSES, HOSTILE_BODIES, JSON, WRITE_ROUTES
from tests.support.raw_http import parse_status, request_head, send_raw
from tests.support.service_process import ServiceProcess

pytestmark = pytest.mark.xdist_group("hostile bodies")

NUL_COOKIE = '"' + r"\000" * 8 + '"'  # in the quoting of cookies; PostgreSQL cannot store NUL in text
STATUSES_WITH_NUL_COOKIE = [
    ("/api/users", 200), ("/api/books", 200), ("/api/library", 200), ("/api/users/me", 401),
    ("/sign-in", 200), ("/docs", 200), ("/admin/", 302),
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_BODIES)
def test_hostile_bodies_are_rejected(
    target_server: ServiceProcess, superuser_headers: dict[str, str], name: str
) -> None:
    content_type, body = HOSTILE_BODIES[name]
    for method, path in WRITE_ROUTES:
        for headers in ({}, superuser_headers):
            response = requests.request(
                method, target_server.address + path[1:], data=body,
                headers={"Content-Type": content_type, **headers}, timeout=20,
            )  # fmt: skip
            if name == "empty" and response.ok and (method == "PATCH" or "readings" in path):
                continue  # valid: changes nothing, or creates a reading without dates
            details = (name, method, path, response.status_code, response.text[:200])
            assert 400 <= response.status_code < 500, details
            if headers == superuser_headers and name in EXPECTED_STATUSES:
                assert response.status_code == EXPECTED_STATUSES[name], details
            assert response.headers["Content-Type"] == "application/problem+json", details
            assert response.json()["status"] == response.status_code, details


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (request_head("GET", "/api/books", "X-Long: " + "a" * 500_000), 431),
        (request_head("GET", "/api/books", *(f"X-{n}: 1" for n in range(1_000))), 431),
        (request_head("GET", "/api/books?title=" + "a" * 50_000), 422),
        (request_head("GET", "/" + "x" * 50_000), 404),
        (request_head("GET", "/api/books", "Content-Length: -1"), 400),
        (request_head("GET", "/api/books?" + "a" * 50_000 + "=1"), 422),
        (request_head("GET", "/" + "x." * 25_000), 404),
        (request_head("GET", "/" + "x@" * 25_000), 404),
        (request_head("POST", "/api/users", f"Content-Type: {JSON}", "Content-Length: 99999999999"), 413),
        (request_head("POST", "/api/users", "Content-Length: 5", "Content-Length: 6"), 400),
        (b"GET /api/books HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil\r\nConnection: close\r\n\r\n", 400),
        (b"GET /api/books HTTP/9.9\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (request_head("GET", "/api/books/%00"), 404),
        (request_head("GET", "/%ff%fe"), 404),
        (request_head("GET", "/api/books?title=%00"), 422),
        (request_head("GET", "/api/books?title=%ff%fe"), 200),
        (request_head("GET", "/api/books?title=%ed%a0%80"), 200),
        (request_head("GET", "/api/books?limit=3&cursor=&ordering=" + ",".join(["title", "-price"] * 1_000)), 422),
        (request_head("FOO", "/api/books"), 405),
        (request_head("TRACE", "/api/books"), 405),
        (request_head("OPTIONS", "*"), 404),
        (request_head("GET", "/api/books", "Authorization: Bearer \xe9"), 401),
        (request_head("GET", "/api/books", "Accept: \xe9"), 406),
        (request_head("GET", "/api/books", "Accept: application/json; a*=nope''x"), 406),
        (request_head("GET", "/nothing", "Accept: application/json; a*=nope''x"), 404),
        (request_head("GET", "/nothing", "Content-Type: a/b; a*=nope''x"), 404),
        (request_head("POST", "/api/users", "Content-Type: a/b; a*=nope''x", "Content-Length: 0"), 422),
        (request_head("POST", "/sign-in", "Content-Type: a/b; a*=nope''x", "Content-Length: 0"), 403),
        (request_head("GET", "/api/books?title=%41%ff", "Content-Type: a/b; charset=rot13"), 200),
        (request_head("GET", "/api/books?title=%41%ff", "Content-Type: a/b; charset=idna"), 200),
        (request_head("GET", "/?a=%ff", "Content-Type: a/b; charset*=utf-8''%00"), 200),
        (request_head("GET", "/api/books", "If-None-Match: " + '"a",' * 5_000), 200),
        (request_head("GET", "/api/books", "Cookie: sessionid=" + "a" * 5_000), 200),
        *(
            (request_head("GET", path, f"Cookie: sessionid={NUL_COOKIE}"), expected)
            for path, expected in STATUSES_WITH_NUL_COOKIE
        ),
        (request_head("GET", "/api/library", "Origin: http://["), 200),
        (request_head("POST", "/api/library/1/readings", "Origin: http://[", "Content-Length: 0"), 401),
        (request_head("get", "/api/search?q=odes"), 200),
        (request_head("GET", "/api/nothing", "Accept: " + ",".join(f"a/b{n}" for n in range(5_000))), 404),
        (request_head("GET", "/api/books?" + "&".join(f"g{n}" for n in range(900))), 422),
        (request_head("GET", "/api/books", "Accept-Language: " + "a" * 5_000), 200),
    ],
)
def test_hostile_heads_are_rejected(target_server: ServiceProcess, head: bytes, expected: int) -> None:
    response = send_raw(target_server, head)

    status = parse_status(response)
    assert status == expected
    if status in {401, 404, 405, 406, 413, 422}:  # the web server sends its own 400 and 431 without a body
        assert b"application/problem+json" in response


def test_chunked_bodies_are_accepted_up_to_the_size_limit(target_server: ServiceProcess) -> None:
    head = request_head("POST", "/api/users", f"Content-Type: {JSON}", "Transfer-Encoding: chunked")
    body = json.dumps({"name": "Chunks", "email": "chunks@example.org", "age": 1}).encode()

    assert parse_status(send_raw(target_server, head, b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))) == 201
    chunk = b"%x\r\n%s\r\n" % (1_000_000, b"a" * 1_000_000)
    response = send_raw(target_server, head, chunk, chunk, chunk, b"0\r\n\r\n")
    assert parse_status(response) in {0, 413}  # 0 if the server closes the connection while this side still sends


@pytest.mark.parametrize("path", ["/sign-in", "/admin/login/", "/api/users", "/api/library"])
@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", JSON])
def test_form_bodies_have_the_same_size_limit(target_server: ServiceProcess, path: str, content_type: str) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    form = part % (b"username", b"", b"ann") + part % (b"file", b'; filename="f"', b"a" * 600_000)
    is_api = path.startswith("/api")
    is_read, refusal = is_api == (content_type == JSON), 415 if is_api else 403
    browser = requests.Session()  # has the CSRF cookie; without it, forms are rejected before the body is read
    browser.get(f"{target_server.address}sign-in", timeout=20)

    response = browser.post(
        target_server.address + path[1:], data=form, headers={"Content-Type": content_type}, timeout=20
    )

    assert response.status_code == (413 if is_read else refusal), response.text[:200]


def test_header_names_with_an_underscore_are_ignored(target_server: ServiceProcess) -> None:
    """In WSGI, a client's X_Forwarded_For would have the same name as the X-Forwarded-For of the proxy."""
    for header, expected in (("If-None-Match: *", 304), ("If_None_Match: *", 200)):
        assert parse_status(send_raw(target_server, request_head("GET", "/api/books", header))) == expected


def test_content_type_of_an_empty_body_does_not_change_the_query(
    target_server: ServiceProcess, superuser_headers: dict[str, str]
) -> None:
    """Django decodes the query string with the charset of Content-Type."""
    author = {"name": "Émile"}
    requests.post(f"{target_server.address}api/authors", json=author, headers=superuser_headers, timeout=10)
    address = f"{target_server.address}api/authors?name=%C3%89mile"

    for content_type in ("text/plain; charset=latin-1", "text/plain; charset=rot13", "a/b; a*=nope''x", JSON):
        response = requests.get(address, headers={"Content-Type": content_type}, timeout=10)
        assert response.json()["count"] == 1
