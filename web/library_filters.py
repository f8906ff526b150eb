"""The choices of the filters of a library."""

from typing import Any

from django.http import QueryDict

from core.text import fold_to_key
from users.library.details import quote_tag_name
from users.library.tags import list_tags
from users.models import LibraryEntry, User

MORE_FILTERS = ("tag", "owned", "book_format")
OWNED = [("true", "Owned"), ("false", "Not owned")]


def describe_filters(query: QueryDict, owner: User | None) -> dict[str, Any]:
    """`selected_tag` is the library's spelling of the tag in the query."""
    tags, wanted = list_tags(owner), query.get("tag", "")
    selected = next((tag.name for tag in tags if tag.name_key == fold_to_key(wanted)), wanted)
    return {
        "tags": tags,
        "tag_names": [quote_tag_name(tag.name) for tag in tags],
        "selected_tag": selected,
        "is_unknown_tag": bool(wanted) and selected not in {tag.name for tag in tags},
        "owned_choices": OWNED,
        "formats": LibraryEntry.Format.choices,
        "has_more_filters": any(query.get(name) for name in MORE_FILTERS),
        "has_filters": any(query.get(name) for name in ("text", "rating", *MORE_FILTERS)),
    }
