"""How bodies are read: JSON as RFC 8259 has it, and nothing that two readers could take for two things."""

import codecs
import json
from collections import Counter
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer


class StrictJSONParser(JSONParser):
    """UTF-8, finite numbers, whole characters, each name once in an object. Raises ParseError."""

    renderer_class = JSONRenderer

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        context = parser_context or {}
        refuse_other_encodings(context["request"]._request)
        refuse_large(context["request"]._request, getattr(context["view"], "largest_body", None))
        try:
            text = stream.read().decode()
            read = json.loads(text, parse_constant=refuse_constant, object_pairs_hook=once_each)
            if "\\ud" in text.lower():  # half a character, unless its other half follows
                json.dumps(read, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise ParseError("JSON parse error - half a character, such as \\ud800, stands alone") from None
        except RecursionError:
            raise ParseError("JSON parse error - lists and objects are nested too deeply") from None
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from error
        return read


def refuse_other_encodings(request: HttpRequest) -> None:
    charset = (request.content_params or {}).get("charset", "utf-8")
    try:
        is_utf8 = codecs.lookup(charset).name == "utf-8"
    except (LookupError, ValueError):
        is_utf8 = False
    if not is_utf8 or "HTTP_CONTENT_ENCODING" in request.META:
        raise UnsupportedMediaType(request.META.get("CONTENT_TYPE", ""), "JSON is sent in UTF-8, uncompressed.")


def refuse_large(request: HttpRequest, largest: int | None) -> None:
    """A view that anyone may ask can take less than the service does: to read JSON costs time with its size."""
    if largest is not None and int(request.META.get("CONTENT_LENGTH") or 0) > largest:
        raise RequestDataTooBig


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        names = [name for name, _ in pairs]
        twice = Counter(names).most_common(1)[0][0]
        raise ValueError(f"{twice!r} stands twice in an object")
    return read
