"""Responses that are files: streamed, and compressed for clients that accept it."""

import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

GZIP_LEVEL = 4  # of 9: the fastest level that makes files of books less than a tenth larger than level 9
GZIP = 16 + zlib.MAX_WBITS  # zlib's number for the format of gzip
ACCEPTED_GZIP = re.compile(r"(^|,)\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*(,|$))[^,]*)?(,|$)", re.IGNORECASE)


class FileRenderer(BaseRenderer):
    """Lets clients ask for a format. The view writes the response itself."""

    def render(self, data: Any, *_: Any) -> Any:
        """For errors, which are JSON in every format."""
        return JSONRenderer().render(data)


class CsvRenderer(FileRenderer):
    media_type, format, charset = "text/csv", "csv", "utf-8"


class JsonLinesRenderer(FileRenderer):
    media_type, format, charset = "application/jsonl", "jsonl", "utf-8"


def respond_with_file(parts: Iterable[str], media_type: str, name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(parts, content_type=media_type, headers=headers)


def respond_with_compressed_file(
    request: Request | HttpRequest, parts: Iterator[str], media_type: str, name: str
) -> StreamingHttpResponse:
    """Compresses the file if the client accepts gzip."""
    response = respond_with_file(parts, media_type, name)
    response.headers["Vary"] = "Accept, Accept-Encoding"
    if ACCEPTED_GZIP.search(request.headers.get("Accept-Encoding", "")):
        response.streaming_content = compress(part.encode() for part in parts)
        response.headers["Content-Encoding"] = "gzip"
    return response


def compress(parts: Iterable[bytes]) -> Iterator[bytes]:
    compressor = zlib.compressobj(GZIP_LEVEL, wbits=GZIP)
    for part in parts:
        if compressed := compressor.compress(part):
            yield compressed
    yield compressor.flush()
