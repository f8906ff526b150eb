"""End-to-end checks of a running service: `python test_api.py http://127.0.0.1:8000`.

Needs Python 3.11 and the standard library only. Prints a line for each check; the exit status is 0 if all pass. It
deletes the users that it registers.
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
class Response:
    status: int
    headers: "Message[str, str]"
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    def is_problem(self, status: int) -> bool:
        content_type = self.headers.get_content_type()
        return self.status == status == self.body["status"] and content_type == "application/problem+json"


class Service:
    """A client of the service. Remembers the registered users."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self.registered: list[dict[str, object]] = []

    def get(self, path: str, accept: str = "application/json", **query: object) -> Response:
        return self.request("GET", f"{path}?{urlencode(query)}" if query else path, accept=accept)

    def post(self, path: str, body: object) -> Response:
        return self.request("POST", path, body)

    def register(self, user: dict[str, object]) -> Response:
        response = self.post("/users", user)
        if response.status == 201:
            self.registered.append(user)
        return response

    def sign_in(self, user: dict[str, object]) -> Response:
        return self.post("/api/auth/login", {name: user[name] for name in ("email", "password")})

    def delete_account(self, user: dict[str, object]) -> Response:
        """Signs in as the user and deletes the account."""
        token = self.sign_in(user).body["token"]
        return self.request("DELETE", "/api/users/me", {"password": user["password"]}, token=token)

    def request(
        self, method: str, path: str, body: object = None, accept: str = "application/json", token: str = ""
    ) -> Response:
        headers = {"Accept": accept, "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}{path}", content, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return Response(response.status, response.headers, response.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Response(error.code, error.headers, error.read().decode())


Check = Callable[[Service], bool]
CHECKS: list[tuple[str, Check]] = []


def check(title: str) -> Callable[[Check], Check]:
    def add(function: Check) -> Check:
        CHECKS.append((title, function))
        return function

    return add


def new_user(**changes: object) -> dict[str, object]:
    email, password = f"e2e-{time_ns()}@example.org", secrets.token_urlsafe()
    return {"name": "End To End", "email": email, "age": 28, "password": password, **changes}


@check("the liveness check is ok")
def check_liveness(service: Service) -> bool:
    return service.get("/").text.replace(" ", "") == '{"status":"ok"}'


@check("the service is ready: the database is reachable and migrated")
def check_readiness(service: Service) -> bool:
    return service.get("/ready").status == 200


@check("a user can register, and is in the list")
def check_registration(service: Service) -> bool:
    created = service.register(new_user())
    user = created.body
    return (
        created.status == 201
        and set(user) == {"id", "name", "email", "age"}
        and service.get(f"/users/{user['id']}").body == user
        and user in service.get("/users").body
        and service.get("/api/users", page=1, limit=1).headers["X-Total-Count"] is not None
    )


@check("an unknown user is 404")
def check_unknown_user(service: Service) -> bool:
    response = service.get("/users/999999999")
    return response.is_problem(404) and response.body["detail"] == "User not found"


@check("an invalid age is 422 with a pointer to the field")
def check_invalid_age(service: Service) -> bool:
    ages = [None, "not-a-number", 3.7, True, -1, 151]
    responses = [service.post("/users", new_user(age=age)) for age in ages]
    return all(response.is_problem(422) and response.body["errors"][0]["pointer"] == "/age" for response in responses)


@check("an e-mail address in use is 409, in any case")
def check_duplicate_email(service: Service) -> bool:
    user = new_user()
    service.register(user)
    return service.register({**user, "email": str(user["email"]).upper()}).is_problem(409)


@check("sign-in accepts the right password only")
def check_sign_in(service: Service) -> bool:
    user = new_user()
    service.register(user)
    login = service.sign_in(user)
    return len(login.body["token"]) == 64 and service.sign_in({**user, "password": "wrong"}).is_problem(401)


@check("both paths serve the same pages of books")
def check_pages(service: Service) -> bool:
    responses = [service.get(path, page=1, limit=5) for path in ("/books", "/api/books")]
    ids = [[book["id"] for book in response.body["results"]] for response in responses]
    keys = {"count", "count_is_exact", "next", "previous", "results"}
    return all(response.status == 200 and set(response.body) == keys for response in responses) and ids[0] == ids[1]


@check("a page past the end is 404")
def check_page_past_the_end(service: Service) -> bool:
    return service.get("/books", page=999999).is_problem(404)


@check("a book is found by its title and read by its id")
def check_title_search(service: Service) -> bool:
    results = service.get("/books", limit=1).body["results"]
    if not results:
        return service.get("/books/search", title="anything").status == 200
    (book,) = results
    search = service.get("/books/search", title=book["title"], limit=100).body
    detail = service.get(f"/books/{book['id']}").body
    history = service.get(f"/api/books/{book['id']}/prices")
    return (
        search["search"] == book["title"]
        and book in search["results"]
        and detail["id"] == book["id"]
        and history.status == 200
        and "results" in history.body
    )


@check("filters and ordering apply")
def check_filters(service: Service) -> bool:
    books = service.get("/books", min_price=10, max_price=30, ordering="price", limit=100).body["results"]
    prices = [float(book["price"]) for book in books]
    return prices == sorted(prices) and all(10 <= price <= 30 for price in prices)


@check("an unknown parameter is 422 and suggests the nearest name")
def check_unknown_parameter(service: Service) -> bool:
    response = service.get("/books", max_prise=20)
    return response.is_problem(422) and "max_price" in response.body["errors"][0]["detail"]


@check("the federated search reports the status of each source")
def check_federated_search(service: Service) -> bool:
    body = service.get("/search", q="travel").body
    states = {source["name"]: source["status"] for source in body["sources"]}
    return states["catalogue"] == "ok" and "open_library" in states and service.get("/search", q="").is_problem(422)


@check("a user can save a book and delete it from the library")
def check_library(service: Service) -> bool:
    user = new_user()
    service.register(user)
    token = service.sign_in(user).body["token"]
    books = service.get("/books", limit=1).body["results"]
    if not books:
        return bool(service.request("GET", "/saved", token=token).body["count"] == 0)
    saved = service.request("POST", "/save", {"book": books[0]["id"], "status": "read"}, token=token)
    listed = service.request("GET", "/api/library", token=token).body["results"]
    deleted = service.request("DELETE", f"/delete/{saved.body['id']}", token=token)
    return saved.status == 201 and [entry["book"] for entry in listed] == books and deleted.status == 204


@check("anonymous writes are rejected")
def check_anonymous_write(service: Service) -> bool:
    return service.post("/api/books", {"title": "Mine"}).is_problem(401)


@check("the schema and the documentation are served")
def check_documentation(service: Service) -> bool:
    schema = service.get("/api/schema").body
    statuses = [service.get(path, accept="text/html").status for path in ("/docs", "/api/docs", "/api/redoc", "/api/")]
    return schema["openapi"].startswith("3.") and "/api/users" in schema["paths"] and set(statuses) == {200}


@check("users can delete their accounts")
def check_account_deletion(service: Service) -> bool:
    return bool(service.registered) and all(service.delete_account(user).status == 204 for user in service.registered)


def main() -> int:
    if len(sys.argv) != 2 or not sys.argv[1].startswith(("http://", "https://")):
        print("usage: python test_api.py http://127.0.0.1:8000", file=sys.stderr)
        return 2
    service = Service(sys.argv[1])
    failed = sum(not passes(title, function, service) for title, function in CHECKS)
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


def passes(title: str, function: Check, service: Service) -> bool:
    """Runs a check and prints its result. A connection error or an unexpected response is a failure with its reason."""
    try:
        has_passed, reason = bool(function(service)), ""
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        has_passed, reason = False, f" ({type(error).__name__}: {error})"
    print(f"{'ok    ' if has_passed else 'FAILED'} {title}{reason}", flush=True)
    return has_passed


if __name__ == "__main__":
    sys.exit(main())
