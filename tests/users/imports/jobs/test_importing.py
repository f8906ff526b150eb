"""What an import writes to the library."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage

from books.models import Book
from core.partial_date import PartialDate
from tests.support.factories import make_book, make_user
from tests.support.imports import goodreads_file, import_file, outcomes_of, read_file, row_of
from users.accounts.changes import delete_account
from users.models import ImportJob, LibraryEntry, Reading, User

pytestmark = pytest.mark.django_db
ISBN, OTHER_ISBN = "9780140447934", "9780306406157"
FULL_ROW = {
    "Title": "War and Peace", "Author": "Leo Tolstoy", "ISBN13": f'="{ISBN}"', "My Rating": "4",
    "Date Read": "2024/05/03", "Date Added": "2023/01/02", "Bookshelves": "russian, long", "Exclusive Shelf": "read",
    "My Review": "Long.<br/>But good.", "Private Notes": "Lent to Bob.", "Read Count": "2", "Owned Copies": "1",
}  # fmt: skip


def entry_of(user: User) -> LibraryEntry:
    entry: LibraryEntry = LibraryEntry.objects.get(user=user)
    return entry


def test_a_new_entry_has_everything_that_the_row_states(ann: User) -> None:
    job = import_file(ann, goodreads_file(FULL_ROW))

    entry = entry_of(ann)
    assert outcomes_of(job) == ["created"]
    assert (entry.status, entry.rating, entry.review) == ("read", Decimal(4), "Long.\nBut good.")
    assert (entry.notes, entry.owned, entry.added_on) == ("Lent to Bob.", True, date(2023, 1, 2))
    assert [tag.name for tag in entry.tags.all()] == ["long", "russian"]
    readings = [(each.finished_on, each.outcome) for each in entry.readings.all()]
    assert readings == [(PartialDate(2024, 5, 3), "finished"), (None, "finished")]
    assert [(each.source, each.source_id) for each in entry.origins.all()] == [("goodreads", "1")]


def test_a_new_book_is_not_published(ann: User) -> None:
    import_file(ann, goodreads_file(FULL_ROW))

    book = Book.objects.get()
    assert (book.source, book.is_published, book.isbn_13) == ("import", False, ISBN)
    assert [(each.author.name, each.author.is_published) for each in book.authorships.all()] == [("Leo Tolstoy", False)]


def test_nothing_is_written_before_the_import_is_confirmed(ann: User) -> None:
    job = read_file(ann, goodreads_file(FULL_ROW, {"Title": ""}))

    assert job.state == ImportJob.State.READY
    assert job.preview["outcomes"]["created"] == 1
    assert job.preview["outcomes"]["failed"] == 1
    assert not LibraryEntry.objects.exists()
    assert not Book.objects.exists()


def test_the_same_file_changes_nothing_the_second_time(ann: User) -> None:
    content = goodreads_file(FULL_ROW, {"Book Id": "", "Title": "No id"}, {"Title": "Twin"}, {"Title": "Twin"})
    import_file(ann, content)
    before = snapshot(ann)

    job = import_file(ann, content)

    assert outcomes_of(job) == ["unchanged"] * 4
    assert snapshot(ann) == before


def snapshot(user: User) -> list[object]:
    entries = LibraryEntry.objects.filter(user=user).order_by("pk")
    return [
        [*entries.values_list()],
        [*Reading.objects.filter(entry__user=user).order_by("pk").values_list()],
        [*Book.objects.order_by("pk").values_list("pk", "title", "updated_at")],
    ]


@pytest.mark.parametrize(
    ("fields", "authors", "row"),
    [
        ({"isbn_13": ISBN}, [], {"Title": "Another title", "ISBN13": ISBN}),
        ({"title": "Émile"}, ["Ann Lee"], {"Title": "emile", "Author": "ANN LEE"}),
        ({"title": "Emile", "isbn_13": ISBN}, ["Ann Lee"], {"Title": "Emile"}),
    ],
)
def test_certain_matches_use_the_catalogue(
    ann: User, fields: dict[str, str], authors: list[str], row: dict[str, str]
) -> None:
    book = make_book(**fields, authors=authors)

    import_file(ann, goodreads_file(row))

    assert entry_of(ann).book == book


@pytest.mark.parametrize(
    ("fields", "authors", "row"),
    [
        ({"title": "Emile", "isbn_13": ISBN}, ["Ann Lee"], {"Title": "Emile", "ISBN13": OTHER_ISBN}),
        ({"title": "Emile"}, ["Bob Lee"], {"Title": "Emile", "Author": "Ann Lee"}),
        ({"title": "Emile"}, ["Lee"], {"Title": "Emile", "Author": "Ann Lee"}),
        ({"title": "Emile"}, [], {"Title": "Emile", "Author": ""}),
    ],
)
def test_uncertain_matches_do_not(ann: User, fields: dict[str, str], authors: list[str], row: dict[str, str]) -> None:
    book = make_book(**fields, authors=authors)

    import_file(ann, goodreads_file(row))

    assert entry_of(ann).book != book


def test_books_with_the_title_are_suggested(ann: User) -> None:
    book = make_book(title="Emile", authors=["Bob Lee"])

    job = import_file(ann, goodreads_file({"Title": "Emile"}))

    assert (row_of(job).outcome, row_of(job).suggestions) == ("needs_review", [book.pk])


def test_private_books_of_others_are_not_used(ann: User) -> None:
    import_file(make_user(email="bob@example.org"), goodreads_file(FULL_ROW))

    import_file(ann, goodreads_file(FULL_ROW))

    assert Book.objects.count() == 2


def test_gaps_are_filled_and_nothing_is_overwritten(ann: User) -> None:
    entry = LibraryEntry.objects.create(user=ann, book=make_book(isbn_13=ISBN), status="reading", rating=Decimal("2.5"))

    job = import_file(ann, goodreads_file(FULL_ROW))

    entry.refresh_from_db()
    assert (entry.status, entry.rating, entry.notes) == ("reading", Decimal("2.5"), "Lent to Bob.")
    assert row_of(job).outcome == "updated"
    assert row_of(job).fields == ["notes", "owned", "review", "tags", "readings"]


def test_overwriting_is_a_choice(ann: User) -> None:
    entry = LibraryEntry.objects.create(user=ann, book=make_book(isbn_13=ISBN), status="reading", rating=Decimal("2.5"))

    import_file(ann, goodreads_file(FULL_ROW), overwrite=True)

    entry.refresh_from_db()
    assert (entry.status, entry.rating) == ("read", Decimal(4))


def test_readings_that_exist_are_not_added_again(ann: User) -> None:
    entry = LibraryEntry.objects.create(user=ann, book=make_book(isbn_13=ISBN), status="read")
    entry.readings.create(started_on=date(2024, 4, 1), finished_on=date(2024, 5, 3))

    import_file(ann, goodreads_file(FULL_ROW))

    readings = [(each.started_on, each.finished_on) for each in entry.readings.all()]
    assert readings == [(PartialDate(2024, 4, 1), PartialDate(2024, 5, 3)), (None, None)]


def test_another_edition_of_a_work_gets_the_readings(ann: User) -> None:
    entry = LibraryEntry.objects.create(user=ann, book=make_book(work_key="OL10W", isbn_13=OTHER_ISBN))
    make_book(work_key="OL10W", isbn_13=ISBN)

    job = import_file(ann, goodreads_file(FULL_ROW))

    assert (row_of(job).outcome, row_of(job).entry) == ("merged", entry)
    assert entry.readings.count() == 2
    assert LibraryEntry.objects.count() == 1


def test_repeated_books_of_a_file_become_one_entry(ann: User) -> None:
    first = {**FULL_ROW, "Read Count": "1"}
    job = import_file(ann, goodreads_file(first, {**first, "Book Id": "1", "Date Read": "2025/06/07"}))

    assert outcomes_of(job) == ["created", "updated"]
    ends = [each.finished_on for each in entry_of(ann).readings.all()]
    assert ends == [PartialDate(2024, 5, 3), PartialDate(2025, 6, 7)]


@pytest.mark.parametrize(
    ("answer", "status", "tags", "outcomes"),
    [
        (None, "want_to_read", ["holiday"], []),
        ("tag", "want_to_read", ["holiday"], []),
        ("read", "read", [], ["finished"]),
        ("stopped", "stopped", [], ["abandoned"]),
    ],
)
def test_answers_for_unknown_shelves(
    ann: User, answer: str | None, status: str, tags: list[str], outcomes: list[str]
) -> None:
    content = goodreads_file({"Exclusive Shelf": "holiday"})
    assert read_file(ann, content).preview["shelves"] == [{"name": "holiday", "rows": 1}]

    import_file(ann, content, **({"shelves": {"holiday": answer}} if answer else {}))

    entry = entry_of(ann)
    assert (entry.status, [tag.name for tag in entry.tags.all()]) == (status, tags)
    assert [each.outcome for each in entry.readings.all()] == outcomes


def test_an_identity_with_another_title_is_another_book(ann: User) -> None:
    import_file(ann, goodreads_file({"Book Id": "1", "Title": "Emma"}))

    job = import_file(ann, goodreads_file({"Book Id": "1", "Title": "Odes"}))

    assert outcomes_of(job) == ["created"]


def test_an_entry_that_was_moved_to_another_edition_is_found_by_its_identity(ann: User) -> None:
    content = goodreads_file({"Book Id": "1", "Title": "Emma"})
    import_file(ann, content)
    LibraryEntry.objects.update(book=make_book(title="Emma. A novel"))

    assert outcomes_of(import_file(ann, content)) == ["unchanged"]


def test_each_row_has_one_outcome(ann: User) -> None:
    make_book(title="Emile")
    rows = [FULL_ROW, {"Title": "Emile"}, {"Title": ""}, {"Title": "", "ISBN13": OTHER_ISBN}, FULL_ROW]
    job = import_file(ann, goodreads_file(*rows))

    assert outcomes_of(job) == ["created", "needs_review", "failed", "needs_review", "unchanged"]
    assert sum(job.count_outcomes().values()) == job.rows.count() == 5
    assert row_of(job, 3).line == 4


def test_chunks_are_imported_in_steps(ann: User) -> None:
    job = import_file(ann, goodreads_file(*({"Title": f"Book {number}"} for number in range(600))))

    assert job.count_outcomes()["created"] == 600
    assert LibraryEntry.objects.count() == 600


def test_the_files_of_a_deleted_account_are_deleted(ann: User) -> None:
    job = read_file(ann, goodreads_file(FULL_ROW))
    assert default_storage.exists(job.file)

    delete_account(ann)

    assert not default_storage.exists(job.file)
