"""Parses request bodies: strict JSON (RFC 8259), without input that two parsers could read differently."""

import codecs
import json
from collections import Counter
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import JSONParser

SENT_TEXT = "colophon.sent_text"  # in request.META: the body that a browser sent, for the editor of the browsable API


class StrictJSONParser(JSONParser):
    """Requires UTF-8, finite numbers, valid Unicode and unique names in an object. Raises ParseError."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        context = parser_context or {}
        reject_other_encodings(context["request"]._request)
        reject_large_body(context["request"]._request, getattr(context["view"], "max_body_bytes", None))
        try:
            text = stream.read().decode()
            if "html" in context["request"].META.get("HTTP_ACCEPT", ""):
                context["request"].META[SENT_TEXT] = text
            read = json.loads(text, parse_constant=reject_constant, object_pairs_hook=reject_duplicate_names)
            if "\\ud" in text.lower():  # an escaped surrogate: valid only in a pair
                json.dumps(read, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise ParseError("JSON parse error - an unpaired surrogate such as \\ud800") from None
        except RecursionError:
            raise ParseError("JSON parse error - too many nested lists and objects") from None
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from error
        return read


def reject_other_encodings(request: HttpRequest) -> None:
    charset = (request.content_params or {}).get("charset", "utf-8")
    try:
        is_utf8 = codecs.lookup(charset).name == "utf-8"
    except (LookupError, ValueError):
        is_utf8 = False
    if not is_utf8 or "HTTP_CONTENT_ENCODING" in request.META:
        raise UnsupportedMediaType(request.META.get("CONTENT_TYPE", ""), "Send JSON in UTF-8, uncompressed.")


def reject_large_body(request: HttpRequest, max_bytes: int | None) -> None:
    """Views for anonymous clients have a lower limit than the service, because parsing time grows with the size."""
    if max_bytes is not None and int(request.META.get("CONTENT_LENGTH") or 0) > max_bytes:
        raise RequestDataTooBig


def reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def reject_duplicate_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        names = [name for name, _ in pairs]
        duplicate = Counter(names).most_common(1)[0][0]
        raise ValueError(f"an object contains {duplicate!r} twice")
    return read
