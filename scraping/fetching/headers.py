"""The headers of a shop's responses."""

import re

import requests

from scraping.page import Validators

STORABLE_VALIDATOR = re.compile(r"[ -~]{1,200}")


def read_location(response: requests.Response) -> str:
    """The target of a redirect. requests decodes headers as Latin-1, and servers send UTF-8."""
    location = response.headers["Location"]
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location


def read_validators(response: requests.Response) -> Validators:
    """The response's validators. Values that cannot be stored and sent back unchanged are left out."""
    values = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
    etag, last_modified = (value if STORABLE_VALIDATOR.fullmatch(value) else None for value in values)
    return Validators(etag=etag, last_modified=last_modified)
