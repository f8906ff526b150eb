"""Template filters for library entries."""

from django import template

from users.models import LibraryEntry

register = template.Library()
IN_PROGRESS = {LibraryEntry.Status.READING, LibraryEntry.Status.PAUSED}


@register.simple_tag
def edition_name(entry: LibraryEntry, title: str) -> str:
    """What distinguishes an edition from one with this title: title and format, else ISBN or source."""
    known = entry.format != LibraryEntry.Format.UNKNOWN
    other_title = entry.book.title if entry.book.title != title else ""
    parts = [other_title, entry.get_format_display() if known else ""]
    isbn = entry.book.isbn_13
    return ", ".join(filter(None, parts)) or (f"ISBN {isbn}" if isbn else f"from {entry.book.source.replace('_', ' ')}")


@register.filter
def progress(entry: LibraryEntry) -> str:
    """Of a book that is being read: `40 %` or `page 120`; otherwise empty."""
    if entry.status not in IN_PROGRESS:
        return ""
    if entry.progress_percent is not None:
        return f"{entry.progress_percent}\N{NO-BREAK SPACE}%"
    return "" if entry.progress_page is None else f"page {entry.progress_page:,}"
