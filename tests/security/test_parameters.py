"""Every query parameter of every operation, with whatever can stand in an address: an answer, and never a crash."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_from_bytes

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from books.models import Book
from tests.support.factories import make_book, make_user

pytestmark = pytest.mark.django_db

SCHEMA: Any = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
NUMBERS = st.one_of(
    st.integers().map(str), st.floats().map(str), st.decimals().map(str),
    st.sampled_from(["1e999", "-0", "+1", "0x1", "1_000", "٣", "½", "9" * 400, "9" * 5_000, "1.", ".1", "NaN"]),
)  # fmt: skip
SAID = st.sampled_from([
    "null", "None", "true", "TRUE", "yes", "[]", "{}", "1,2", ",", ",,", "-", "title,-title", "-" * 50, "*", "%", "_",
    "'", '"', ";", "--", "\\", "' OR 1=1 --", "$(id)", "{{7*7}}", "../..", "\ud800", "\udfff\ud800", "\0", "\r\n",
    "\u202e", "\u0130", "ß" * 300, "é" * 600, "a" * 3_000, " ", "  a  ", "\u3000", "MATCH", "a AND b", "NEAR(a b)",
    "title:a", "a*", '"a',
])  # fmt: skip
VALUES = st.one_of(
    st.text().map(lambda text: quote(text, errors="surrogatepass")),
    st.binary().map(quote_from_bytes),
    NUMBERS.map(quote),
    SAID.map(lambda text: quote(text, errors="surrogatepass")),
)


def parameters() -> Iterator[tuple[str, str]]:
    for path, operations in SCHEMA["paths"].items():
        for parameter in operations.get("get", {}).get("parameters", []):
            if parameter["in"] == "query" and path != "/api/schema":
                yield path, parameter["name"]


@pytest.fixture
def book() -> Book:
    for number in range(11):
        make_book(title=f"Odes {number}", authors=["Ann"])
    return make_book(title="Odes")


@pytest.fixture
def boss(book: Book) -> Client:
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize(("path", "name"), list(parameters()))
def test_a_parameter_gets_an_answer_whatever_it_says(
    boss: Client, book: Book, open_library: Any, path: str, name: str
) -> None:
    address = path.replace("{book_id}", str(book.pk))
    required = {"/api/books/search": "title", "/api/search": "q"}.get(path, name)
    beside = f"{required}=odes&" if required != name else ""

    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], database=None)
    @given(VALUES)
    @example("")
    def ask(value: str) -> None:
        answer = boss.get(address, QUERY_STRING=f"{beside}{name}={value}")
        # There may be no such page, or none at such a size
        refused = {404, 422} if name in {"page", "limit"} else {422}
        assert answer.status_code in {200, *refused}, (value, answer.content)
        if answer.status_code == 422:
            assert name in {error.get("parameter") for error in answer.json()["errors"]}

    ask()


def test_every_operation_with_parameters_is_asked() -> None:
    assert {"/api/books", "/api/books/search", "/api/users", "/api/library", "/api/search"} <= {
        p for p, _ in parameters()
    }
