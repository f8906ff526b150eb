"""`manage.py export_catalogue`."""

import gzip
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from books.models import PriceObservation
from tests.support.exports import read_csv, read_json_lines
from tests.support.factories import make_book, make_category

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def books() -> None:
    for number, category in enumerate(["Travel", "Travel", "Poetry"]):
        book = make_book(title=f"Odes {number}", category=make_category(category), price=number, currency="GBP")
        PriceObservation.objects.create(book=book, price=number, currency="GBP")
    make_book(title="Hidden", is_published=False)


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("export_catalogue", *arguments, stdout=output)
    return output.getvalue()


def test_filters_are_options() -> None:
    rows = read_csv(run("books", "--category", "travel", "--min-price", "1"))
    lines = read_json_lines(run("prices", "--category", "travel", "--format", "jsonl"))

    assert [row["title"] for row in rows] == ["Odes 1"]
    assert [line["title"] for line in lines] == ["Odes 0", "Odes 1"]


def test_unpublished_books_need_an_option() -> None:
    assert len(read_csv(run("books"))) == 3
    assert len(read_csv(run("books", "--unpublished"))) == 4


def test_a_byte_order_mark_is_optional() -> None:
    assert run("books", "--bom").startswith("\ufeffid,")
    assert run("books").startswith("id,")


def test_a_file_is_complete_when_it_appears(tmp_path: Path) -> None:
    plain, compressed = tmp_path / "books.csv", tmp_path / "books.csv.gz"

    run("books", "--output", str(plain))
    run("books", "--output", str(compressed))

    assert plain.read_bytes().decode() == run("books")
    assert gzip.decompress(compressed.read_bytes()).decode() == run("books")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["books.csv", "books.csv.gz"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["books", "--rating", "7"], "--rating: "),
        (["prices", "--since", "yesterday"], "--since: Enter a day or a time"),
        (["books", "--output", "/nowhere/books.csv"], "/nowhere/books.csv cannot be written"),
    ],
)
def test_errors_name_the_option(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run(*arguments)
