"""Registers the sources of books: a row names each source, so that a new one needs no migration.

Imports no models, because app configurations import this module before the models exist.
"""

from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections

BUILT_IN = {"open_library": "Open Library", "manual": "Entered by hand", "import": "Imported"}


def register_source(*, name: str, label: str, is_shop: bool, using: str = DEFAULT_DB_ALIAS) -> None:
    """Creates the source or updates its label and kind. Raises ValidationError if the name is not a slug."""
    model = _source_model()
    source = model(name=name, label=label, is_shop=is_shop)
    source.clean_fields()
    model.objects.using(using).bulk_create(
        [source], update_conflicts=True, unique_fields=["name"], update_fields=["label", "is_shop"]
    )


def register_built_in_sources(using: str = DEFAULT_DB_ALIAS) -> None:
    for name, label in BUILT_IN.items():
        register_source(name=name, label=label, is_shop=False, using=using)


def register_unknown_sources(names: Collection[str]) -> None:
    """Creates the sources that have no row yet, with labels made of their names.

    Reads the rows each time: a cache of known names would be wrong after a rollback or a deletion.
    """
    model = _source_model()
    unknown = set(names).difference(model.objects.filter(name__in=names).values_list("name", flat=True))
    if unknown:
        rows = [model(name=name, label=label_from_name(name)) for name in sorted(unknown)]
        model.objects.bulk_create(rows, ignore_conflicts=True)


def label_from_name(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").strip().capitalize() or name


def is_installed(using: str = DEFAULT_DB_ALIAS, model: Any = None) -> bool:
    """Whether the table of the model, by default that of the sources, has all columns.

    A migration to an earlier version removes the table or some of its columns.
    """
    options = (model or _source_model())._meta
    introspection = connections[using].introspection
    if options.db_table not in introspection.table_names():
        return False
    with connections[using].cursor() as cursor:
        existing = {column.name for column in introspection.get_table_description(cursor, options.db_table)}
    return existing.issuperset(field.column for field in options.concrete_fields)


def _source_model() -> Any:
    return apps.get_model("books", "Source")
