"""All formats. If a header has the markers of several formats, the one with the most markers is used."""

from users.imports.formats.document_format import DocumentFormat
from users.imports.formats.goodreads import GOODREADS
from users.imports.formats.storygraph import STORYGRAPH
from users.imports.formats.table_format import TableFormat

TABLE_FORMATS: tuple[TableFormat, ...] = (GOODREADS, STORYGRAPH)
DOCUMENT_FORMATS: tuple[DocumentFormat, ...] = ()
