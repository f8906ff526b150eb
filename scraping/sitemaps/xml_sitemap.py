"""XML sitemaps and sitemap indexes. Builds no tree, so that memory does not grow with the file."""

from collections.abc import Iterator

from lxml import etree

from core.text import to_printable
from scraping.sitemaps.entries import MAX_ADDRESS, Statement
from scraping.sitemaps.errors import SitemapError

KINDS = {"urlset": "url", "sitemapindex": "sitemap"}  # the root element, and the element of an entry
MAX_DEPTH = 50
MAX_NAMES = 1_000  # of elements and attributes; libxml2 keeps each name until the thread ends
MAX_TAG_BYTES = 1024 * 1024  # a start tag or a comment
NESTED = "\0"  # makes a text invalid that contains an element
MAX_TEXT = MAX_ADDRESS + 100  # characters; a longer text is cut, and remains too long for an address


class XmlSitemap:
    """Fed with bytes. Namespaces may be missing or unknown."""

    def __init__(self) -> None:
        self._collector = _Collector()
        self._parser = etree.XMLParser(
            target=self._collector,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        self._bytes_since_event = 0

    def feed(self, piece: bytes) -> Iterator[Statement]:
        """Yields the entries that are complete, also those before an error. Raises SitemapError."""
        before = self._collector.events
        try:
            self._parser.feed(piece)
        except etree.LxmlError as error:
            raise SitemapError(_describe(error)) from None
        finally:
            yield from self._collector.take()
        self._bytes_since_event = 0 if self._collector.events > before else self._bytes_since_event + len(piece)
        if self._bytes_since_event > MAX_TAG_BYTES:
            raise SitemapError("has a tag or a comment that is too large")

    def close(self) -> Iterator[Statement]:
        try:
            self._parser.close()
        except etree.LxmlError as error:
            raise SitemapError(_describe(error)) from None
        finally:
            yield from self._collector.take()


class _Collector:
    """The target of the parser: collects `<loc>` and `<lastmod>` of each entry.

    Elements of other namespaces are skipped, such as the `<image:loc>` of an image.
    """

    def __init__(self) -> None:
        self.events = 0
        self._statements: list[Statement] = []
        self._depth = 0
        self._prefix = ""  # the namespace of the root element, as `{namespace}`
        self._entry_tag = ""
        self._text_tags: tuple[str, ...] = ()
        self._texts: dict[str, str] | None = None  # of the open entry
        self._open_tag: str | None = None
        self._names: set[str] = set()

    def take(self) -> list[Statement]:
        taken, self._statements = self._statements, []
        return taken

    def doctype(self, name: str, *_: object) -> None:
        if name.lower() == "html":
            raise SitemapError("is an HTML page, not a sitemap")
        raise SitemapError("declares a document type, which a sitemap must not have")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.events += 1
        self._depth += 1
        self._check_limits(tag, attributes)
        if self._depth == 1:
            self._open_root(tag)
        elif self._depth == 2 and tag == self._entry_tag:
            self._texts = {}
        elif self._depth == 3 and self._texts is not None and tag in self._text_tags and tag not in self._texts:
            self._open_tag = tag
            self._texts[tag] = ""
        elif self._depth > 3 and self._texts is not None and self._open_tag:
            self._texts[self._open_tag] += NESTED

    def data(self, text: str) -> None:
        self.events += 1
        if self._texts is not None and self._open_tag and self._depth == 3:
            self._texts[self._open_tag] = (self._texts[self._open_tag] + text)[:MAX_TEXT]

    def end(self, tag: str) -> None:
        self.events += 1
        if self._depth == 3:
            self._open_tag = None
        elif self._depth == 2 and self._texts is not None:
            self._close_entry(self._texts)
            self._texts = None
        self._depth -= 1

    def close(self) -> None:
        pass

    def _check_limits(self, tag: str, attributes: dict[str, str]) -> None:
        self._names.add(tag)
        self._names.update(attributes)
        if self._depth > MAX_DEPTH or len(self._names) > MAX_NAMES:
            raise SitemapError("has too many levels or names of elements")

    def _open_root(self, tag: str) -> None:
        namespace, brace, name = tag.rpartition("}")
        if name.lower() == "html":
            raise SitemapError("is an HTML page, not a sitemap")
        if name not in KINDS:
            raise SitemapError(f"is not a sitemap: its root element is <{to_printable(name[:50])}>")
        self._prefix = namespace + brace
        self._entry_tag = self._prefix + KINDS[name]
        self._text_tags = (f"{self._prefix}loc", f"{self._prefix}lastmod")

    def _close_entry(self, texts: dict[str, str]) -> None:
        address, date = (texts.get(tag, "") for tag in self._text_tags)
        is_sitemap = self._entry_tag.endswith("sitemap")
        self._statements.append(Statement(address, date, is_sitemap=is_sitemap))


def _describe(error: etree.LxmlError) -> str:
    return f"is invalid XML ({to_printable(str(error))[:200]}); what was read until there is used"
