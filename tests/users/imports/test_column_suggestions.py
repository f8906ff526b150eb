from collections import Counter

import pytest

from users.imports.column_suggestions import NAMES, suggest_columns
from users.imports.formats.mapped import FIELDS
from users.imports.formats.table_format import fold_name


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            ("\ufeffTITLE", "author_name", "Isbn-13", "Date_Read", "My Rating", "Colour"),
            {
                "title": "\ufeffTITLE",
                "authors": "author_name",
                "isbn": "Isbn-13",
                "finished_on": "Date_Read",
                "rating": "My Rating",
            },
        ),
        (
            ("Titel", "Autor", "Lesestatus", "Gelesen am", "Bewertung", "Schlagwörter", "Hinzugefügt am"),
            {
                "title": "Titel",
                "authors": "Autor",
                "status": "Lesestatus",
                "finished_on": "Gelesen am",
                "rating": "Bewertung",
                "tags": "Schlagwörter",
                "added_on": "Hinzugefügt am",
            },
        ),
        (
            ("Titre", "Auteur(s)", "Statut de lecture", "Lu le", "Date d’ajout", "Étiquettes"),
            {
                "title": "Titre",
                "authors": "Auteur(s)",
                "status": "Statut de lecture",
                "finished_on": "Lu le",
                "added_on": "Date d’ajout",
                "tags": "Étiquettes",
            },
        ),
        (
            ("titulo", "Autora", "Puntuación", "Fecha de inicio", "Leído el", "Reseña"),
            {
                "title": "titulo",
                "authors": "Autora",
                "rating": "Puntuación",
                "started_on": "Fecha de inicio",
                "finished_on": "Leído el",
                "review": "Reseña",
            },
        ),
        (("Date", "Year", "Subtitle", "Average Rating", "Publisher", "Titles"), {}),
        ((), {}),
    ],
)
def test_suggestions(columns: tuple[str, ...], expected: dict[str, str]) -> None:
    assert suggest_columns(columns) == expected


def test_order_of_the_columns_does_not_matter() -> None:
    columns = ["ISBN", "ISBN13", "Rating", "My Rating", "Shelf", "Exclusive Shelf"]
    expected = {"isbn": "ISBN13", "rating": "My Rating", "status": "Exclusive Shelf"}
    assert suggest_columns(columns) == suggest_columns(reversed(columns)) == expected


def test_every_field_of_the_mapping_has_names() -> None:
    assert set(NAMES) == set(FIELDS)


def test_no_name_has_two_fields() -> None:
    counts = Counter(name for names in NAMES.values() for name in set(map(fold_name, names)))
    assert [name for name, count in counts.items() if count > 1] == []
