"""Every query parameter of the API, with arbitrary values and with invalid ones."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_from_bytes

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from books.models import Book
from tests.support.factories import make_book, make_user
from users.models import ImportJob, LibraryEntry, User

pytestmark = pytest.mark.django_db

SCHEMA: Any = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
NUMBER_TEXTS = st.one_of(
    st.integers().map(str), st.floats().map(str), st.decimals().map(str),
    st.sampled_from(["1e999", "-0", "+1", "0x1", "1_000", "٣", "½", "9" * 400, "9" * 5_000, "1.", ".1", "NaN"]),
)  # fmt: skip
HOSTILE_TEXTS = st.sampled_from([
    "null", "None", "true", "TRUE", "yes", "[]", "{}", "1,2", ",", ",,", "-", "title,-title", "-" * 50, "*", "%", "_",
    "'", '"', ";", "--", "\\", "' OR 1=1 --", "$(id)", "{{7*7}}", "../..", "\ud800", "\udfff\ud800", "\0", "\r\n",
    "\u202e", "\u0130", "ß" * 300, "é" * 600, "a" * 3_000, " ", "  a  ", "\u3000", "MATCH", "a AND b", "NEAR(a b)",
    "title:a", "a*", '"a',
])  # fmt: skip
VALUES = st.one_of(
    st.text().map(lambda text: quote(text, errors="surrogatepass")),
    st.binary().map(quote_from_bytes),
    NUMBER_TEXTS.map(quote),
    HOSTILE_TEXTS.map(lambda text: quote(text, errors="surrogatepass")),
)


@dataclass(frozen=True)
class Parameter:
    path: str
    name: str
    schema: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.path}?{self.name}"

    def invalid_values(self) -> list[str]:
        """Values of the wrong type, outside of the bounds, and above the maximum length."""
        words = "no-such-value"
        is_text = self.schema["type"] == "string" and self.name != "cursor"
        is_free = not {"enum", "format"} & set(self.schema) and re.search(self.schema.get("pattern", ""), words)
        values = ["\0" if is_text and is_free else words]
        if "maxLength" in self.schema:
            values.append("a" * (self.schema["maxLength"] + 1))
        if "minimum" in self.schema:
            values.append(str(self.schema["minimum"] - 1))
        if "maximum" in self.schema and str(self) != "/api/search?page":  # its maximum depends on the limit
            values.append(str(self.schema["maximum"] + 1))
        return values


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, or the component that it names."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return SCHEMA["components"]["schemas"][name] if name else schema


def list_parameters() -> list[Parameter]:
    return [
        Parameter(path, parameter["name"], resolve(parameter["schema"]))
        for path, operations in SCHEMA["paths"].items()
        for parameter in operations.get("get", {}).get("parameters", [])
        if parameter["in"] == "query" and path != "/api/schema"
    ]


PARAMETERS = list_parameters()
REQUIRED = {"/api/books/search": "title", "/api/search": "q"}


@pytest.fixture
def book() -> Book:
    for number in range(11):
        make_book(title=f"Odes {number}", authors=["Ann"])
    return make_book(title="Odes")


@pytest.fixture
def superuser_client(book: Book) -> Client:
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


Request = Callable[[Parameter, str], Any]


@pytest.fixture
def request_with(superuser_client: Client, book: Book, open_library: Any) -> Request:
    """Sends a percent-encoded value, and a valid value of the required parameter if that is another one."""

    owner = User.objects.get(is_superuser=True)
    entry = LibraryEntry.objects.create(user=owner, book=book)
    job = ImportJob.objects.create(user=owner, file_name="export.csv")
    job.rows.create(number=1, line=2, outcome="needs_review", values={"book": {"title": "Odes"}})
    ids = {"{book_id}": book.pk, "{import_id}": job.pk, "{number}": 1}

    def send(parameter: Parameter, value: str) -> Any:
        address = parameter.path.replace("{id}", str(job.pk if "imports" in parameter.path else entry.pk))
        for name, pk in ids.items():
            address = address.replace(name, str(pk))
        required = REQUIRED.get(parameter.path, parameter.name)
        prefix = f"{required}=odes&" if required != parameter.name else ""
        return superuser_client.get(address, QUERY_STRING=f"{prefix}{parameter.name}={value}")

    return send


def invalid_parameters(response: Any) -> set[str]:
    return {error.get("parameter") for error in response.json()["errors"]}


@pytest.mark.parametrize("examples", [8, pytest.param(60, marks=pytest.mark.slow)])
@pytest.mark.parametrize("parameter", PARAMETERS, ids=str)
def test_arbitrary_values_cause_no_server_error(request_with: Request, parameter: Parameter, examples: int) -> None:
    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow], database=None)
    @given(VALUES)
    @example("")
    @example("true")
    def check(value: str) -> None:
        response = request_with(parameter, value)
        # 404 is a page past the end of the list, or an entry that the shared library does not have
        refusals = {404, 422} if parameter.name in {"page", "limit", "shared"} else {422}
        assert response.status_code in {200, *refusals}, (value, response.content)
        if response.status_code == 422:
            assert parameter.name in invalid_parameters(response)

    check()


def test_invalid_values_are_rejected(request_with: Request) -> None:
    for parameter in PARAMETERS:
        for value in parameter.invalid_values():
            response = request_with(parameter, quote(value))

            assert response.status_code == 422, (str(parameter), value, response.content)
            assert invalid_parameters(response) == {parameter.name}, (str(parameter), value)


def test_parameters_of_all_lists_are_tested() -> None:
    paths = {parameter.path for parameter in PARAMETERS}

    assert {"/api/books", "/api/books/search", "/api/users", "/api/library", "/api/search", "/api/watches"} <= paths
