"""Hostile requests to a running server: each gets a refusal of its own, in time, and the service goes on."""

import json

import pytest
import requests

from tests.security.hostile import HOSTILE, JSON, TOLD, WRITES
from tests.support.raw_http import head, raw, status
from tests.support.running import Running

pytestmark = pytest.mark.xdist_group("hostile bodies")

NULS = '"' + r"\000" * 8 + '"'  # quoted as cookies are; no text of PostgreSQL's holds one
ASKED_WITH_A_COOKIE = [
    ("/api/users", {200}), ("/api/books", {200}), ("/api/library", {200}), ("/api/users/me", {401}),
    ("/sign-in", {200}), ("/docs", {200}), ("/admin/", {302}),
]  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_body_is_refused_in_the_usual_shape(attacked: Running, boss: dict[str, str], hostile: str) -> None:
    kind, body = HOSTILE[hostile]
    for method, path in WRITES:
        for headers in ({}, boss):
            answer = requests.request(
                method, attacked.address + path[1:], data=body, headers={"Content-Type": kind, **headers}, timeout=20
            )
            told = (hostile, method, path, answer.status_code, answer.text[:200])
            if hostile == "nothing" and answer.ok and (method == "PATCH" or "readings" in path):
                continue  # nothing is changed, or a reading without dates is noted
            assert 400 <= answer.status_code < 500, told
            assert headers != boss or answer.status_code == TOLD.get(hostile, answer.status_code), told
            assert answer.headers["Content-Type"] == "application/problem+json", told
            assert answer.json()["status"] == answer.status_code, told


@pytest.mark.parametrize(
    ("request_head", "expected"),
    [
        (head("GET", "/api/books", "X-Long: " + "a" * 500_000), {431}),
        (head("GET", "/api/books", *(f"X-{n}: 1" for n in range(1_000))), {431}),
        (head("GET", "/api/books?title=" + "a" * 50_000), {414, 422}),
        (head("GET", "/" + "x" * 50_000), {404, 414}),
        (head("GET", "/api/books", "Content-Length: -1"), {400}),
        (head("GET", "/api/books?" + "a" * 50_000 + "=1"), {422}),
        (head("GET", "/" + "x." * 25_000), {404, 414}),
        (head("GET", "/" + "x@" * 25_000), {404, 414}),
        (head("POST", "/api/users", f"Content-Type: {JSON}", "Content-Length: 99999999999"), {413}),
        (head("POST", "/api/users", "Content-Length: 5", "Content-Length: 6"), {400}),
        (b"GET /api/books HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil\r\nConnection: close\r\n\r\n", {400}),
        (b"GET /api/books HTTP/9.9\r\n\r\n", {400, 505}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", {0, 400}),
        (head("GET", "/api/books/%00"), {404}),
        (head("GET", "/%ff%fe"), {404}),
        (head("GET", "/api/books?title=%00"), {422}),
        (head("GET", "/api/books?title=%ff%fe"), {200, 422}),
        (head("GET", "/api/books?title=%ed%a0%80"), {200, 422}),
        (head("GET", "/api/books?limit=3&cursor=&ordering=" + ",".join(["title", "-price"] * 1_000)), {422}),
        (head("FOO", "/api/books"), {401, 405}),
        (head("TRACE", "/api/books"), {401, 405}),
        (head("OPTIONS", "*"), {400, 404}),
        (head("GET", "/api/books", "Authorization: Bearer \xe9"), {401}),
        (head("GET", "/api/books", "Accept: \xe9"), {200, 406}),
        (head("GET", "/api/books", "Accept: application/json; a*=nope''x"), {200, 406}),
        (head("GET", "/nothing", "Accept: application/json; a*=nope''x"), {404}),
        (head("GET", "/nothing", "Content-Type: a/b; a*=nope''x"), {404}),
        (head("POST", "/api/users", "Content-Type: a/b; a*=nope''x", "Content-Length: 0"), {400, 415, 422}),
        (head("POST", "/sign-in", "Content-Type: a/b; a*=nope''x", "Content-Length: 0"), {200, 403}),
        (head("GET", "/api/books?title=%41%ff", "Content-Type: a/b; charset=rot13"), {200, 422}),
        (head("GET", "/api/books?title=%41%ff", "Content-Type: a/b; charset=idna"), {200, 422}),
        (head("GET", "/?a=%ff", "Content-Type: a/b; charset*=utf-8''%00"), {200}),
        (head("GET", "/api/books", "If-None-Match: " + '"a",' * 5_000), {200, 431}),
        (head("GET", "/api/books", "Cookie: sessionid=" + "a" * 5_000), {200}),
        *((head("GET", path, f"Cookie: sessionid={NULS}"), expected) for path, expected in ASKED_WITH_A_COOKIE),
        (head("GET", "/api/library", "Origin: http://["), {200}),
        (head("POST", "/api/library/1/readings", "Origin: http://[", "Content-Length: 0"), {401}),
        (head("get", "/api/search?q=odes"), {200}),
        (head("GET", "/api/nothing", "Accept: " + ",".join(f"a/b{n}" for n in range(5_000))), {404}),
        (head("GET", "/api/books?" + "&".join(f"g{n}" for n in range(900))), {422}),
        (head("GET", "/api/books", "Accept-Language: " + "a" * 5_000), {200}),
    ],
)
def test_a_hostile_head_is_refused(attacked: Running, request_head: bytes, expected: set[int]) -> None:
    answer = raw(attacked, request_head)

    assert status(answer) in expected
    if status(answer) in {401, 404, 405, 406, 413, 422}:  # the server's own 400 and 431 have no body
        assert b"application/problem+json" in answer


def test_a_body_in_chunks_is_taken_and_its_size_counted(attacked: Running) -> None:
    chunked = head("POST", "/api/users", f"Content-Type: {JSON}", "Transfer-Encoding: chunked")
    body = json.dumps({"name": "Chunks", "email": "chunks@example.org", "age": 1}).encode()

    assert status(raw(attacked, chunked, b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))) == 201
    big = b"%x\r\n%s\r\n" % (1_000_000, b"a" * 1_000_000)
    assert status(raw(attacked, chunked, big, big, big, b"0\r\n\r\n")) in {0, 413}  # 0: it closed while we still sent


@pytest.mark.parametrize("path", ["/sign-in", "/admin/login/", "/api/users", "/api/library"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", JSON])
def test_no_form_is_larger_than_a_body_may_be(attacked: Running, path: str, kind: str) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    form = part % (b"username", b"", b"ann") + part % (b"file", b'; filename="f"', b"a" * 600_000)
    is_api = path.startswith("/api")
    is_read, refused = is_api == (kind == JSON), 415 if is_api else 403
    browser = requests.Session()  # with the cookie that forms need: without it they are refused unread
    browser.get(f"{attacked.address}sign-in", timeout=20)

    answer = browser.post(attacked.address + path[1:], data=form, headers={"Content-Type": kind}, timeout=20)

    assert answer.status_code == (413 if is_read else refused), answer.text[:200]


def test_a_header_with_an_underscore_passes_for_no_proxy_s(attacked: Running) -> None:
    for header, expected in (("If-None-Match: *", 304), ("If_None_Match: *", 200)):
        assert status(raw(attacked, head("GET", "/api/books", header))) == expected


def test_the_type_of_a_body_that_is_not_there_changes_no_address(attacked: Running, boss: dict[str, str]) -> None:
    requests.post(f"{attacked.address}api/authors", json={"name": "Émile"}, headers=boss, timeout=10)
    address = f"{attacked.address}api/authors?name=%C3%89mile"

    for kind in ("text/plain; charset=latin-1", "text/plain; charset=rot13", "a/b; a*=nope''x", JSON):
        assert requests.get(address, headers={"Content-Type": kind}, timeout=10).json()["count"] == 1
