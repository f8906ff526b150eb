"""Template filters for library entries."""

from django import template

from users.models import LibraryEntry

register = template.Library()
IN_PROGRESS = {LibraryEntry.Status.READING, LibraryEntry.Status.PAUSED}


@register.filter
def progress(entry: LibraryEntry) -> str:
    """Of a book that is being read: `40 %` or `page 120`; otherwise empty."""
    if entry.status not in IN_PROGRESS:
        return ""
    if entry.progress_percent is not None:
        return f"{entry.progress_percent} %"
    return "" if entry.progress_page is None else f"page {entry.progress_page:,}"
