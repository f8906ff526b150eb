"""The table of services on the upload page."""

from dataclasses import dataclass

from users.imports.read_file import FORMATS

# Files that a browser offers in its dialog. The type of an uploaded file is detected by its content.
ACCEPTED = ".csv,.tsv,.txt,.json,.zip,text/csv,text/plain,text/tab-separated-values,application/json,application/zip"
LABELS = {format_.name: format_.label for format_ in FORMATS}


@dataclass(frozen=True, slots=True)
class Service:
    """`place` is where the service offers its export, `file` the kind of file."""

    name: str
    place: str
    file: str


SERVICES = (
    Service("Goodreads", "My Books → Import and export → Export Library", "CSV"),
    Service("StoryGraph", "Manage Account → Manage Your Data → Export StoryGraph Library", "CSV"),
    Service("Hardcover", "Account → Exports", "CSV"),
    Service("LibraryThing", "More → Import/Export", "tab-delimited text or JSON"),
    Service("BookWyrm", "Settings → Export Book List", "CSV"),
    Service("Open Library", "Account → Import and export → your reading log", "CSV"),
    Service("Openreads", "Settings → Backup", "CSV"),
    Service("Calibre", "Create a catalog of the books", "CSV"),
    Service("Libib", "the export of a collection", "CSV"),
    Service("Colophon", "Your library → Import or export", "JSON, CSV or ZIP"),
    Service("Anything else", "a table whose columns you choose, or a list of ISBNs, one on each line", "CSV or text"),
)


def label_format(name: str) -> str:
    """The name of a format for people, such as `Goodreads`."""
    return LABELS.get(name, "a table with columns that you chose" if name else "")
