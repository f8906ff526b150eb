"""The table of services on the upload page."""

from dataclasses import dataclass

from users.imports.read_file import FORMATS
from users.models import ImportJob

# Files that a browser offers in its dialog. The type of an uploaded file is detected by its content.
ACCEPTED = ".csv,.tsv,.txt,.json,.zip,text/csv,text/plain,text/tab-separated-values,application/json,application/zip"
LABELS = {format_.name: format_.label for format_ in FORMATS}


@dataclass(frozen=True, slots=True)
class Service:
    """`file` is the kind of file that the service exports and Colophon reads."""

    name: str
    file: str


SERVICES = (
    Service("Goodreads", "the CSV export of the library, not the ZIP archive of your account"),
    Service("StoryGraph", "the CSV export of the library"),
    Service("Hardcover", "the CSV export of the library"),
    Service("LibraryThing", "the tab-delimited or the JSON export"),
    Service("BookWyrm", "the CSV export of the books"),
    Service("Open Library", "the CSV files of the reading log, then those of the ratings and the notes"),
    Service("Openreads", "the CSV export"),
    Service("Calibre", "a catalogue of the books as CSV"),
    Service("Libib", "the CSV export of a collection"),
    Service("Colophon", "the JSON or CSV export of the library, or the ZIP file of the account"),
    Service("Another service", "a table whose columns you choose in the next step"),
    Service("No service", "a list of ISBNs, one on each line"),
)


def label_format(name: str) -> str:
    """The name of a format for people, such as `Goodreads`."""
    return LABELS.get(name, "a table with columns that you chose" if name else "")


def list_formats(job: ImportJob) -> list[tuple[str, str]]:
    """The formats that the reader can choose in place of the detected one; none if the file cannot be read again."""
    if job.state not in {ImportJob.State.READY, ImportJob.State.NEEDS_MAPPING, ImportJob.State.FAILED} or not job.file:
        return []
    return sorted(LABELS.items(), key=lambda item: item[1].casefold())
