"""The trigram index of titles and author names, maintained by the database itself.

PostgreSQL uses pg_trgm; SQLite uses an FTS5 table with triggers. Both index the folded text between spaces, so that
` ab` matches words that start with `ab`, and ` abc ` matches the whole word. Unpublished books are never found.
"""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

from cachetools import TTLCache, cached
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, Value

MIN_PHRASE = 3  # characters; the index has no shorter entries
SAMPLE_ROWS, SAMPLE_SECONDS = 5_000, 3_600
INDEXED = {"book": ("books_book", "title_key"), "author": ("books_author", "name_key")}  # kind: table, column
PUBLICATION = "is_published"  # the column of books that SQLite's index depends on
samples: TTLCache[Any, Counter[str]] = TTLCache(len(INDEXED), ttl=SAMPLE_SECONDS)


class ContainsByScan(Func):
    """Whether the row's folded text, between spaces, contains the phrase. Reads every row."""

    output_field = BooleanField()
    function = "strpos"
    template = "%(function)s(' ' || %(expressions)s) > 0"
    arg_joiner = " || ' ', "

    def __init__(self, column: str, phrase: str) -> None:
        super().__init__(F(column), Value(phrase))

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="instr", **context)


def find_if_few(kind: str, phrase: str, *, maximum: int) -> dict[int, str] | None:
    """The folded texts that contain the phrase, by row id; None if more than `maximum` rows match."""
    table, column = INDEXED[kind]
    condition, values = _contains_condition(kind, phrase)
    if connection.vendor == "sqlite" and len(phrase) >= MIN_PHRASE:
        ids = _find_candidates(kind, phrase, maximum=maximum)
        if ids is None:
            return None
        condition, values = f"id IN (SELECT value FROM json_each(%s)) AND {condition}", [json.dumps(ids), *values]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {column} FROM {table} WHERE {condition} LIMIT {maximum + 1}", values)
        rows = dict(cursor.fetchall())
    return rows if len(rows) <= maximum else None


def count_matches(kind: str, phrase: str, *, maximum: int) -> int:
    """The number of rows that contain the phrase; counting stops at `maximum`."""
    table, _column = INDEXED[kind]
    condition, values = _contains_condition(kind, phrase)
    if connection.vendor == "sqlite" and len(phrase) >= MIN_PHRASE:
        table, condition, values = index_name(kind), "words MATCH %s", [match_query(phrase)]
    query = f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {condition} LIMIT {maximum}) AS matches"
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return int(cursor.fetchone()[0])


def _contains_condition(kind: str, phrase: str) -> tuple[str, list[Any]]:
    """A SQL condition and its parameters. On PostgreSQL the index serves it if the phrase is long enough."""
    text = f"(' ' || {INDEXED[kind][1]} || ' ')"
    is_listed = f" AND {PUBLICATION}" if kind == "book" else ""
    if connection.vendor == "sqlite":
        return f"instr({text}, %s) > 0{is_listed}", [phrase]
    return f"{text} LIKE %s{is_listed}", [like_pattern(phrase)]


def _find_candidates(kind: str, phrase: str, *, maximum: int) -> list[int] | None:
    """Ids of all rows that may contain the phrase (SQLite); None if there are more than `maximum`.

    The first query uses only the rarest trigrams, because the postings of the others are long and exclude few rows.
    """
    for query in (" AND ".join(map(match_query, rarest_trigrams(kind, phrase))), match_query(phrase)):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT rowid FROM {index_name(kind)} WHERE words MATCH %s LIMIT {maximum + 1}", [query])
            ids = [row_id for (row_id,) in cursor.fetchall()]
        if len(ids) <= maximum:
            return ids
    return None


def rarest_trigrams(kind: str, phrase: str) -> list[str]:
    """The three trigrams of the phrase that are rarest in a sample of the rows."""
    frequency = _sample_frequencies(kind)
    return sorted(sorted(trigrams(phrase)), key=lambda trigram: frequency[trigram])[:3]


@cached(samples)
def _sample_frequencies(kind: str) -> Counter[str]:
    """Trigram frequencies of some rows. Inaccurate frequencies make a search slower but not wrong."""
    table, column = INDEXED[kind]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} LIMIT {SAMPLE_ROWS}")
        return Counter(chain(*(trigrams(text) for (text,) in cursor.fetchall())))


def trigrams(text: str) -> set[str]:
    return {text[at : at + 3] for at in range(len(text) - 2)}


def match_query(phrase: str) -> str:
    """The phrase as an FTS5 query."""
    return '"{}"'.format(phrase.replace('"', '""'))


def like_pattern(phrase: str) -> str:
    escaped = phrase.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def index_name(kind: str) -> str:
    """The FTS5 table on SQLite, the index on PostgreSQL."""
    return f"books_{kind}_words"


def install(database: BaseDatabaseWrapper) -> None:
    """Creates missing parts of the index. SQLite drops a table's triggers when a migration recreates the table."""
    create = _sqlite_statements if database.vendor == "sqlite" else _postgresql_statements
    for kind in INDEXED:
        for statement in create(database, kind):
            with database.cursor() as cursor:
                cursor.execute(statement)


def is_installed(database: BaseDatabaseWrapper) -> bool:
    """Whether the FTS5 tables exist. Always False on PostgreSQL, where migrations cannot drop the index."""
    return all(index_name(kind) in database.introspection.table_names() for kind in INDEXED)


restore = install  # recreates triggers that a later migration may have dropped


def rebuild(database: BaseDatabaseWrapper) -> None:
    """Creates the index again from the rows."""
    remove(database)
    install(database)


def remove(database: BaseDatabaseWrapper) -> None:
    with database.cursor() as cursor:
        for kind, (table, _column) in INDEXED.items():
            if database.vendor == "sqlite":
                for event in ("insert", "update", "delete"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_words_{event}")
                cursor.execute(f"DROP TABLE IF EXISTS {index_name(kind)}")
            else:
                cursor.execute(f"DROP INDEX IF EXISTS {index_name(kind)}")


def _postgresql_statements(database: BaseDatabaseWrapper, kind: str) -> Iterator[str]:
    table, column = INDEXED[kind]
    yield "CREATE EXTENSION IF NOT EXISTS pg_trgm"
    words = f"(' ' || {column} || ' ')"
    yield f"CREATE INDEX IF NOT EXISTS {index_name(kind)} ON {table} USING gin ({words} gin_trgm_ops)"


def _sqlite_statements(database: BaseDatabaseWrapper, kind: str) -> Iterator[str]:
    if _count_triggers(database, kind) == 3:
        return
    (table, column), index = INDEXED[kind], index_name(kind)
    is_listed, is_changed = _publication_conditions(database, table)
    yield f"DROP TABLE IF EXISTS {index}"
    # content='': the index stores ids and no copy of the text.
    yield f"CREATE VIRTUAL TABLE {index} USING fts5(words, content='', tokenize='trigram case_sensitive 1')"
    insert = f"INSERT INTO {index}(rowid, words) SELECT {{0}}id, ' ' || {{0}}{column} || ' '"
    yield f"{insert.format('')} FROM {table} WHERE {is_listed.format('')}"
    insert = f"{insert} WHERE {is_listed};".format("new.")
    text = f"SELECT 'delete', old.id, ' ' || old.{column} || ' '"
    delete = f"INSERT INTO {index}({index}, rowid, words) {text} WHERE {is_listed.format('old.')};"
    change = f"UPDATE ON {table} WHEN old.{column} <> new.{column} OR old.id <> new.id OR {is_changed}"
    for event, trigger, body in (
        ("insert", f"INSERT ON {table}", insert),
        ("update", change, delete + insert),
        ("delete", f"DELETE ON {table}", delete),
    ):
        yield f"DROP TRIGGER IF EXISTS {table}_words_{event}"
        yield f"CREATE TRIGGER {table}_words_{event} AFTER {trigger} BEGIN {body} END"


def _publication_conditions(database: BaseDatabaseWrapper, table: str) -> tuple[str, str]:
    """Whether a row is indexed, and whether an update changes that. Early migrations have no such column of books."""
    with database.cursor() as cursor:
        columns = {column.name for column in database.introspection.get_table_description(cursor, table)}
    if table != INDEXED["book"][0] or PUBLICATION not in columns:
        return "1", "0"
    return f"{{0}}{PUBLICATION}", f"old.{PUBLICATION} <> new.{PUBLICATION}"


def _count_triggers(database: BaseDatabaseWrapper, kind: str) -> int:
    table = INDEXED[kind][0]
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name GLOB %s", [f"{table}_words_*"]
        )
        return int(cursor.fetchone()[0])
