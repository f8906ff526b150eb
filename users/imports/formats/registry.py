"""All formats. If a header has the markers of several formats, the one with the most markers is used."""

from users.imports.formats.bookwyrm import BOOKWYRM
from users.imports.formats.calibre import CALIBRE
from users.imports.formats.colophon_document import COLOPHON_DOCUMENT
from users.imports.formats.colophon_table import COLOPHON_TABLE
from users.imports.formats.document_format import DocumentFormat
from users.imports.formats.goodreads import GOODREADS
from users.imports.formats.hardcover import HARDCOVER
from users.imports.formats.libib import LIBIB
from users.imports.formats.librarything_document import LIBRARYTHING_DOCUMENT
from users.imports.formats.librarything_table import LIBRARYTHING_TABLE
from users.imports.formats.open_library import OPEN_LIBRARY
from users.imports.formats.open_library_ratings import OPEN_LIBRARY_NOTES, OPEN_LIBRARY_RATINGS
from users.imports.formats.openreads import OPENREADS
from users.imports.formats.storygraph import STORYGRAPH
from users.imports.formats.table_format import TableFormat

TABLE_FORMATS: tuple[TableFormat, ...] = (
    COLOPHON_TABLE, GOODREADS, STORYGRAPH, OPEN_LIBRARY, OPEN_LIBRARY_RATINGS, OPEN_LIBRARY_NOTES, BOOKWYRM,
    LIBRARYTHING_TABLE, HARDCOVER, OPENREADS, CALIBRE, LIBIB,
)  # fmt: skip
DOCUMENT_FORMATS: tuple[DocumentFormat, ...] = (COLOPHON_DOCUMENT, LIBRARYTHING_DOCUMENT)
