"""Checks a running Colophon from outside: `python test_api.py http://127.0.0.1:8000`.

Standard library only, Python 3.11 or newer. Prints a line for each check; the exit status is 0 when all hold. The
people whom it registers, under addresses of its own, it deletes again.
"""

import json
import secrets
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from time import time_ns
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True)
class Answer:
    status: int
    headers: "Message[str, str]"
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    def is_problem(self, status: int) -> bool:
        kind = self.headers.get_content_type()
        return self.status == status == self.body["status"] and kind == "application/problem+json"


class Service:
    """The service at an address; every check asks it through here."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self.registered: list[dict[str, object]] = []

    def get(self, path: str, accept: str = "application/json", **query: object) -> Answer:
        return self.request("GET", f"{path}?{urlencode(query)}" if query else path, accept=accept)

    def post(self, path: str, body: object) -> Answer:
        return self.request("POST", path, body)

    def register(self, person: dict[str, object]) -> Answer:
        answer = self.post("/users", person)
        if answer.status == 201:
            self.registered.append(person)
        return answer

    def sign_in(self, person: dict[str, object]) -> Answer:
        return self.post("/api/auth/login", {name: person[name] for name in ("email", "password")})

    def leave(self, person: dict[str, object]) -> Answer:
        """Deletes the person's account, as they would themselves."""
        token = self.sign_in(person).body["token"]
        return self.request("DELETE", "/api/users/me", {"password": person["password"]}, token=token)

    def request(
        self, method: str, path: str, body: object = None, accept: str = "application/json", token: str = ""
    ) -> Answer:
        headers = {"Accept": accept, "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(f"{self.address}{path}", content, headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=20) as found:
                return Answer(found.status, found.headers, found.read().decode())
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.headers, refused.read().decode())


Check = Callable[[Service], bool]
CHECKS: list[tuple[str, Check]] = []


def check(title: str) -> Callable[[Check], Check]:
    def add(function: Check) -> Check:
        CHECKS.append((title, function))
        return function

    return add


def new_person(**changes: object) -> dict[str, object]:
    email, password = f"e2e-{time_ns()}@example.org", secrets.token_urlsafe()
    return {"name": "End To End", "email": email, "age": 28, "password": password, **changes}


@check("it is up and says so")
def alive(service: Service) -> bool:
    return service.get("/").text.replace(" ", "") == '{"status":"ok"}'


@check("it is ready: database reachable and migrated")
def ready(service: Service) -> bool:
    return service.get("/ready").status == 200


@check("a person registers, is read and is listed")
def people(service: Service) -> bool:
    created = service.register(new_person())
    person = created.body
    return (
        created.status == 201
        and set(person) == {"id", "name", "email", "age"}
        and service.get(f"/users/{person['id']}").body == person
        and person in service.get("/users").body
        and service.get("/api/users", page=1, limit=1).headers["X-Total-Count"] is not None
    )


@check("nobody there is 404")
def nobody(service: Service) -> bool:
    answer = service.get("/users/999999999")
    return answer.is_problem(404) and answer.body["detail"] == "User not found"


@check("a wrong age is 422 and named")
def wrong_age(service: Service) -> bool:
    ages = [None, "not-a-number", 3.7, True, -1, 151]
    answers = [service.post("/users", new_person(age=age)) for age in ages]
    return all(answer.is_problem(422) and answer.body["errors"][0]["pointer"] == "/age" for answer in answers)


@check("an e-mail address in use is 409, whatever its case")
def duplicate(service: Service) -> bool:
    person = new_person()
    service.register(person)
    return service.register({**person, "email": str(person["email"]).upper()}).is_problem(409)


@check("a person signs in with their password, and with no other")
def sign_in(service: Service) -> bool:
    person = new_person()
    service.register(person)
    login = service.sign_in(person)
    return len(login.body["token"]) == 64 and service.sign_in({**person, "password": "wrong"}).is_problem(401)


@check("books come in pages, at both paths")
def pages(service: Service) -> bool:
    found = [service.get(path, page=1, limit=5) for path in ("/books", "/api/books")]
    same = [[book["id"] for book in answer.body["results"]] for answer in found]
    keys = {"count", "count_is_exact", "next", "previous", "results"}
    return all(answer.status == 200 and set(answer.body) == keys for answer in found) and same[0] == same[1]


@check("a page past the end is 404")
def past_the_end(service: Service) -> bool:
    return service.get("/books", page=999999).is_problem(404)


@check("a book is found by its title and read by its id")
def search(service: Service) -> bool:
    results = service.get("/books", limit=1).body["results"]
    if not results:
        return service.get("/books/search", title="anything").status == 200
    (book,) = results
    found = service.get("/books/search", title=book["title"], limit=100).body
    alone = service.get(f"/books/{book['id']}").body
    history = service.get(f"/api/books/{book['id']}/prices")
    return (
        found["search"] == book["title"]
        and book in found["results"]
        and alone["id"] == book["id"]
        and bool(history.body)
    )


@check("filters and ordering hold")
def filters(service: Service) -> bool:
    found = service.get("/books", min_price=10, max_price=30, ordering="price", limit=100).body["results"]
    prices = [float(book["price"]) for book in found]
    return prices == sorted(prices) and all(10 <= price <= 30 for price in prices)


@check("a wrong parameter is 422 with the nearest known name")
def wrong_parameter(service: Service) -> bool:
    answer = service.get("/books", max_prise=20)
    return answer.is_problem(422) and "max_price" in answer.body["errors"][0]["detail"]


@check("a search says how each source did")
def world(service: Service) -> bool:
    body = service.get("/search", q="travel").body
    states = {source["name"]: source["status"] for source in body["sources"]}
    return states["catalogue"] == "ok" and "open_library" in states and service.get("/search", q="").is_problem(422)


@check("a person's shelf takes a book of the catalogue, and gives it back")
def shelf(service: Service) -> bool:
    person = new_person()
    service.register(person)
    token = service.sign_in(person).body["token"]
    books = service.get("/books", limit=1).body["results"]
    if not books:
        return bool(service.request("GET", "/saved", token=token).body["count"] == 0)
    saved = service.request("POST", "/save", {"book": books[0]["id"], "status": "read"}, token=token)
    listed = service.request("GET", "/api/library", token=token).body["results"]
    gone = service.request("DELETE", f"/delete/{saved.body['id']}", token=token)
    return saved.status == 201 and [entry["book"] for entry in listed] == books and gone.status == 204


@check("strangers cannot write")
def strangers(service: Service) -> bool:
    return service.post("/api/books", {"title": "Mine"}).is_problem(401)


@check("the documentation opens")
def documentation(service: Service) -> bool:
    schema = service.get("/api/schema").body
    shown = [service.get(path, accept="text/html").status for path in ("/docs", "/api/docs", "/api/redoc", "/api/")]
    return schema["openapi"].startswith("3.") and "/api/users" in schema["paths"] and set(shown) == {200}


@check("whoever was registered here leaves again")
def leaving(service: Service) -> bool:
    return bool(service.registered) and all(service.leave(person).status == 204 for person in service.registered)


def main() -> int:
    if len(sys.argv) != 2 or not sys.argv[1].startswith(("http://", "https://")):
        print("usage: python test_api.py http://127.0.0.1:8000", file=sys.stderr)
        return 2
    service = Service(sys.argv[1])
    failed = sum(not holds(title, function, service) for title, function in CHECKS)
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


def holds(title: str, function: Check, service: Service) -> bool:
    """Whether a check holds; an answer of another shape, or none, is a failed check that says why."""
    try:
        held, why = bool(function(service)), ""
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        held, why = False, f" ({type(error).__name__}: {error})"
    print(f"{'ok    ' if held else 'FAILED'} {title}{why}", flush=True)
    return held


if __name__ == "__main__":
    sys.exit(main())
