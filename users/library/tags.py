"""Tags of library entries."""

from collections.abc import Collection, Iterable

from django.db.models import Count

from core.text import fold_to_key
from users.models import LibraryEntry, Tag, User
from users.models.tag import MAX_TAGS


def list_tags(owner: User | None) -> list[Tag]:
    """The tags in a library, each with the number of entries as `number`. Owner None is the shared library."""
    tags = Tag.objects.filter(owner=owner).annotate(number=Count("entries"))
    return list(tags.filter(number__gt=0).order_by("name_key", "pk"))  # annotated rows have no default order


def set_tags(entry: LibraryEntry, names: Iterable[str]) -> None:
    """Replaces the entry's tags. Tags that no entry has any more are deleted."""
    removed = {tag.pk for tag in entry.tags.all()}
    entry.tags.set(tags := get_or_create_tags(entry.user, names))
    delete_unused_tags(removed - {tag.pk for tag in tags})


def has_too_many_tags(entry: LibraryEntry, names: Iterable[str]) -> bool:
    """Whether the entry would have more tags than a book can have.

    An entry that has more already can keep them, and lose some of them.
    """
    wanted = set(map(fold_to_key, names))
    return len(wanted) > MAX_TAGS and not wanted <= {tag.name_key for tag in entry.tags.all()}


def get_or_create_tags(owner: User | None, names: Iterable[str]) -> list[Tag]:
    """The owner's tags in the order of the names. An existing tag keeps its spelling."""
    keys = {fold_to_key(name): name for name in reversed(list(names))}
    existing = {tag.name_key: tag for tag in Tag.objects.filter(owner=owner, name_key__in=keys)}
    # Another request can create the same tag at the same time, which `get_or_create` handles.
    return [
        existing.get(key) or Tag.objects.get_or_create(owner=owner, name_key=key, defaults={"name": name})[0]
        for key, name in reversed(keys.items())
    ]


def delete_unused_tags(tags: Collection[int]) -> None:
    """`tags` are ids."""
    if tags:
        Tag.objects.filter(pk__in=tags, entries=None).delete()
