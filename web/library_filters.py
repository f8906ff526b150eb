"""The choices of the filters of a library, and its editions of the same work."""

from typing import Any

from django.db.models import Count
from django.http import QueryDict

from core.text import fold_to_key
from users.library.tags import list_tags
from users.models import LibraryEntry, User

OWNED = [("true", "Owned"), ("false", "Not owned")]


def describe_filters(query: QueryDict, owner: User | None) -> dict[str, Any]:
    """`selected_tag` is the library's spelling of the tag in the query."""
    tags, wanted = list_tags(owner), query.get("tag", "")
    selected = next((tag.name for tag in tags if tag.name_key == fold_to_key(wanted)), wanted)
    return {
        "tags": tags,
        "selected_tag": selected,
        "is_unknown_tag": bool(wanted) and selected not in {tag.name for tag in tags},
        "owned_choices": OWNED,
        "formats": LibraryEntry.Format.choices,
        "has_more_filters": any(query.get(name) for name in ("tag", "owned", "book_format")),
    }


def count_editions(entries: Any, shown: list[LibraryEntry]) -> dict[int, int]:
    """The number of the library's entries of the same work, by the id of a shown book, if there are several."""
    keys = entries.filter(pk__in=[entry.pk for entry in shown], book__work_key__isnull=False)
    same = entries.filter(book__work_key__in=keys.values("book__work_key")).order_by()
    numbers = dict(same.values_list("book__work_key").annotate(number=Count("pk")).filter(number__gt=1))
    return {entry.book_id: numbers[entry.book.work_key] for entry in shown if entry.book.work_key in numbers}
