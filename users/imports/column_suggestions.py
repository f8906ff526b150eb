"""Proposes which column of an unknown table has which meaning. A person confirms or changes the proposal.

Only whole names are compared, in English, German, French and Spanish, without case, accents and punctuation. Names with
several meanings are missing on purpose: `Date` and `Year` can be those of a reading, a purchase or an edition.
"""

from collections.abc import Iterable

from users.imports.formats.table_format import fold_name

# By field of the mapped format. Of several matching columns, the one with the earliest name is proposed.
NAMES: dict[str, tuple[str, ...]] = {
    "title": (
        "Title", "Book title", "Name of the book", "Book name", "Book", "Titel", "Buchtitel", "Titre", "Titre du livre",
        "Título", "Título del libro",
    ),
    "authors": (
        "Authors", "Author", "Author(s)", "Author name", "Author names", "Author full name", "Writer", "Written by",
        "Creators", "Creator", "Autor", "Autoren", "Autorin", "Autor/in", "Autor*in", "Autor:in", "Verfasser",
        "Schriftsteller", "Auteurs", "Auteur", "Auteur(s)", "Autrice", "Autores", "Autora", "Autor(es)",
    ),
    "isbn": (
        "ISBN-13", "ISBN13", "ISBN 13", "ISBN", "ISBN-10", "ISBN10", "ISBN 10", "ISBN/EAN", "EAN/ISBN", "EAN13", "EAN",
        "ISBN Nummer", "ISBN-Nr.", "Numéro ISBN", "Número ISBN",
    ),
    "status": (
        "Exclusive shelf", "Reading status", "Read status", "My status", "Status", "Book status", "Shelf", "Lesestatus",
        "Status des Lesens", "Statut de lecture", "Statut", "Estado de lectura", "Estado",
    ),
    "rating": (
        "My rating", "My ratings", "Your rating", "Personal rating", "Star rating", "Rating", "Stars",
        "Meine Bewertung", "Eigene Bewertung", "Bewertung", "Sterne", "Ma note", "Note sur 5", "Évaluation", "Étoiles",
        "Mi valoración", "Valoración", "Mi puntuación", "Puntuación", "Calificación", "Estrellas",
    ),
    "review": (
        "My review", "Review", "Review text", "Meine Rezension", "Rezension", "Ma critique", "Critique", "Mon avis",
        "Mi reseña", "Reseña", "Mi opinión",
    ),
    "notes": (
        "Private notes", "My notes", "Notes", "Personal notes", "Private note", "Comments", "Private Notizen",
        "Meine Notizen", "Notizen", "Anmerkungen", "Kommentar", "Notes personnelles", "Notes privées", "Mes notes",
        "Commentaires", "Notas privadas", "Mis notas", "Notas", "Comentarios",
    ),
    "tags": (
        "Tags", "My tags", "Bookshelves", "Shelves", "Labels", "Keywords", "Schlagwörter", "Schlagworte", "Stichwörter",
        "Regale", "Étiquettes", "Mots-clés", "Étagères", "Etiquetas", "Palabras clave", "Estanterías",
    ),
    "added_on": (
        "Date added", "Added", "Added on", "Added at", "Added date", "Entry date", "Hinzugefügt", "Hinzugefügt am",
        "Date d'ajout", "Ajouté le", "Fecha de adición", "Añadido", "Añadido el", "Fecha añadido",
    ),
    "started_on": (
        "Date started", "Started", "Started on", "Start date", "Started reading", "Reading started", "Read start",
        "Begonnen", "Begonnen am", "Angefangen", "Angefangen am", "Lesebeginn", "Début de lecture", "Date de début",
        "Commencé le", "Inicio de lectura", "Fecha de inicio", "Empezado el",
    ),
    "finished_on": (
        "Date read", "Date finished", "Finished", "Finished on", "Finish date", "Finished reading", "Read date",
        "Last date read", "Date completed", "Completed on", "End date", "Read end", "Gelesen am", "Beendet",
        "Beendet am", "Ausgelesen am", "Leseende", "Fin de lecture", "Date de fin", "Date de lecture", "Lu le",
        "Terminé le", "Fin de lectura", "Fecha de fin", "Fecha de lectura", "Leído el", "Terminado el",
    ),
    "owned": (
        "Owned", "Owned?", "I own it", "In my possession", "Im Besitz", "Besitz", "Eigenes Exemplar", "Possédé",
        "En ma possession", "En propiedad", "Lo tengo",
    ),
    "format": (
        "Format", "Book format", "Binding", "Edition format", "Einband", "Bindung", "Reliure", "Formato",
        "Encuadernación",
    ),
    "publication_year": (
        "Original publication year", "First publication year", "First publish year", "First published",
        "Year first published", "Erscheinungsjahr der Erstausgabe", "Erstveröffentlichung", "Ersterscheinung",
        "Année de première publication", "Première publication", "Año de primera publicación", "Primera publicación",
    ),
}  # fmt: skip


def suggest_columns(columns: Iterable[str]) -> dict[str, str]:
    """The column for each field that has one. A column is proposed for one field at most."""
    found: dict[str, str] = {}
    for column in columns:
        found.setdefault(fold_name(column), column)
    matches = (
        (field, next((found[name] for name in map(fold_name, names) if name in found), None))
        for field, names in NAMES.items()
    )
    return {field: column for field, column in matches if column is not None}
