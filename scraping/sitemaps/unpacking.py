"""Unpacks compressed sitemaps, within a limit of size."""

import zlib
from collections.abc import Iterable, Iterator

from scraping.sitemaps.errors import SitemapError

MAX_BYTES = 50 * 1024 * 1024  # unpacked, as sitemaps.org states it
MAX_MEMBERS = 10_000  # a gzip file may consist of several compressed parts
PIECE_BYTES = 64 * 1024
TOO_LARGE = f"is larger than {MAX_BYTES // 1024 // 1024} MiB; the rest was not read"
GZIP = b"\x1f\x8b"
GZIP_WINDOW = 31  # 15 bits, and the header and trailer of gzip


def unpack(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yields pieces of at most 64 KiB. A gzip file is recognised by its first bytes, not by its name or content type.

    Raises SitemapError at the end of a truncated or invalid gzip file, and at the limit of size. What `chunks` raises
    is not caught.
    """
    total = 0
    for piece in _unpack_unlimited(_join_start(filter(None, chunks))):
        total += len(piece)
        if total > MAX_BYTES:
            yield piece[: len(piece) - (total - MAX_BYTES)]
            raise SitemapError(TOO_LARGE)
        yield piece


def _join_start(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The first chunk has at least as many bytes as are needed to recognise gzip, if the file has them."""
    start = b""
    for chunk in chunks:
        start += chunk
        if len(start) >= len(GZIP):
            break
    yield start
    yield from chunks


def _unpack_unlimited(chunks: Iterator[bytes]) -> Iterator[bytes]:
    start = next(chunks)
    if start.startswith(GZIP):
        yield from _unpack_gzip(start, chunks)
        return
    yield from _cut(start)
    for chunk in chunks:
        yield from _cut(chunk)


def _cut(chunk: bytes) -> Iterator[bytes]:
    for first in range(0, len(chunk), PIECE_BYTES):
        yield chunk[first : first + PIECE_BYTES]


def _unpack_gzip(start: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    packed, received = start, len(start)
    for _ in range(MAX_MEMBERS):
        member = zlib.decompressobj(GZIP_WINDOW)
        while not member.eof:
            if not packed:
                packed = next(chunks, b"")
                received += len(packed)
            if not packed:
                raise SitemapError("is a truncated gzip file; what was read until there is used")
            if received > MAX_BYTES:
                raise SitemapError(TOO_LARGE)
            yield _decompress(member, packed)
            packed = member.unconsumed_tail
        packed = member.unused_data or next(chunks, b"")
        if not packed.startswith(GZIP[:1]):  # the end, or bytes that fill a block
            return
    raise SitemapError(f"has more than {MAX_MEMBERS:,} gzip members; the rest was not read")


def _decompress(member: "zlib._Decompress", packed: bytes) -> bytes:
    try:
        return member.decompress(packed, PIECE_BYTES)
    except zlib.error:
        raise SitemapError("is an invalid gzip file; what was read until there is used") from None
