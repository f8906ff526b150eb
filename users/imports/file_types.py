"""Recognises files that are no export by their first bytes, and advises how to get one."""

import io
import re
import zipfile
import zlib

from users.imports.errors import ImportFileRefused

SAVE_AS_CSV = "Save the table as CSV (UTF-8) and choose that file."
CHOOSE_EXPORT = "Choose the CSV or JSON file of an export."
GOODREADS_ADVICE = (
    "This is the archive of personal data of Goodreads, which has no list of your books that can be imported. "
    "Use the page “Import and export” under “My Books” of Goodreads, choose “Export Library”, and import that CSV file."
)
BOOKWYRM_ADVICE = (
    "This is a compressed archive. If it is from BookWyrm, use “Export Book List” in its settings, which gives a CSV "
    "file. Otherwise unpack it first."
)
CALIBRE_ADVICE = (
    "This is an SQLite database. If it is metadata.db of Calibre, make a catalogue in the format CSV with Calibre’s "
    "“Create a catalog”, and import that."
)
IMAGE = f"This is an image. {CHOOSE_EXPORT}"
ARCHIVE = "This is an archive. Unpack it first."
SIGNATURES = (
    (b"\x1f\x8b", BOOKWYRM_ADVICE),
    (b"SQLite format 3\0", CALIBRE_ADVICE),
    (b"%PDF", f"This is a PDF document. {CHOOSE_EXPORT}"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"This is an old Excel or Office file. {SAVE_AS_CSV}"),
    (b"{\\rtf", f"This is a text document. {SAVE_AS_CSV}"),
    (b"\x89PNG", IMAGE),
    (b"\xff\xd8\xff", IMAGE),
    (b"GIF8", IMAGE),
    (b"II*\0", IMAGE),
    (b"MM\0*", IMAGE),
    (b"RIFF", f"This is an image, a sound or a film. {CHOOSE_EXPORT}"),
    (b"BZh", ARCHIVE),
    (b"\xfd7zXZ\0", ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (b"Rar!", ARCHIVE),
)
IMAGE_IN_CONTAINER = re.compile(rb".{4}ftyp(?:heic|heix|mif1|avif)", re.DOTALL)
TAR_MARK = slice(257, 262)
MARKUP = re.compile(r"\s*<(?:!doctype\s+html|html|head|body|\?xml|!--|svg|rss|feed)\b", re.IGNORECASE)
ZIP_START = b"PK"
DOCUMENT_NAME = re.compile(r"(?:.*/)?colophon[^/]*\.json", re.IGNORECASE)
MAX_DOCUMENT_BYTES = 100 * 1024 * 1024  # of the document in a ZIP


def refuse_other_types(data: bytes) -> None:
    """Raises ImportFileRefused if the bytes are those of a known type of file that cannot be imported."""
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise ImportFileRefused(f"The file is empty. {CHOOSE_EXPORT}")
    for signature, message in SIGNATURES:
        if data.startswith(signature):
            raise ImportFileRefused(message)
    if IMAGE_IN_CONTAINER.match(data):
        raise ImportFileRefused(IMAGE)
    if data[TAR_MARK] == b"ustar":
        raise ImportFileRefused(ARCHIVE)


def refuse_markup(text: str) -> None:
    if MARKUP.match(text):
        raise ImportFileRefused(
            "This is a web page or an XML file. The service may have shown a page instead of the download, for example "
            f"because you were not signed in. {CHOOSE_EXPORT}"
        )


def read_zip(data: bytes) -> bytes:
    """The JSON document in a ZIP of Colophon. Raises ImportFileRefused for every other ZIP."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            document = next(filter(DOCUMENT_NAME.fullmatch, names), None)
            if document is None:
                raise ImportFileRefused(_describe_zip(names))
            with archive.open(document) as file:
                content = file.read(MAX_DOCUMENT_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        if isinstance(error, ImportFileRefused):
            raise
        raise ImportFileRefused("The ZIP file is damaged or encrypted. Download it again.") from error
    if len(content) > MAX_DOCUMENT_BYTES:
        raise ImportFileRefused(f"{document} in the ZIP file is too large.")
    return content


def _describe_zip(names: list[str]) -> str:
    if any(name.startswith("xl/") for name in names):
        return f"This is an Excel workbook. {SAVE_AS_CSV}"
    if any(name.startswith("word/") for name in names):
        return f"This is a Word document. {SAVE_AS_CSV}"
    if "content.xml" in names:
        return f"This is an OpenDocument file. {SAVE_AS_CSV}"
    if "META-INF/container.xml" in names:
        return f"This is an e-book, not a list of books. {CHOOSE_EXPORT}"
    if any(name.endswith(".json") for name in names) and not any(name.endswith(".csv") for name in names):
        return GOODREADS_ADVICE.replace("This is the", "This is a ZIP file of JSON files, such as the")
    return f"This is a ZIP file that Colophon has not made. Unpack it first. {CHOOSE_EXPORT}"
