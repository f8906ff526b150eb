"""Removes secrets from text that is logged."""

import re
from typing import Any

# Error messages of libraries and databases can contain these. Every pattern is anchored by a look-behind or a word
# boundary, so that matching stays linear.
SECRETS = re.compile(
    r"""
    (?P<label> \b(?:cookie|authorization) \\?["']? \s*[:=]\s*
            | \b(?:bearer|basic)(?:\s|%20)+ | \b(?:sessionid|csrftoken)=
            | (?:password|token|secret)\w{0,20} \\?["']? \s*[:=]\s* )
        (?: \\"[^"\\]*\\?" | "(?:\\.|[^"\\])*"? | '(?:\\.|[^'\\])*'? | [^"'\\,;&)}\n]+ )
    | \b (?:postgres(?:ql)?|sqlite|rediss?):// [^\s"'\\<>]+       # the URL of a database or cache, with its password
    | (?<![a-z0-9+.-]) [a-z][a-z0-9+.-]*:// [^\s"'\\<>/@:]* : [^\s"'\\<>]{0,200} @  # credentials in another URL
    | (?: "[^"\n]{1,64}" | (?<![\w.%+-]) [\w.%+-]+ )             # an e-mail address
        (?:@|%40) (?: [\w-]+ (?:\.[\w-]+)* | \[[0-9a-f:.]+\] )
    | \b [0-9a-f]{64} (?:[0-9a-f]{64})? \b                        # a token or its hash
    | \b (?:argon2|pbkdf2_\w+) \$ [^\s"'\\)]+                     # a password's hash
    """,
    re.VERBOSE | re.IGNORECASE,
)


# A text without any of these contains no secret and is not searched.
MARKERS = ("@", "%40", "://", "$", *(
    "bearer", "basic", "cookie", "authorization", "sessionid", "csrftoken", "password", "token", "secret",
))  # fmt: skip
SECRET_NAME = re.compile("password|token|secret|authorization|cookie", re.IGNORECASE)
HEX = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)


def redact(text: str) -> str:
    """Replaces passwords, tokens, cookies, e-mail addresses and database addresses by `[removed]`."""
    lowered = text.lower()
    if not any(marker in lowered for marker in MARKERS) and not HEX.search(text):
        return text
    return SECRETS.sub(lambda match: f"{match['label'] or ''}[removed]", text)


def redact_value(value: Any) -> Any:
    """Redacts nested dicts and lists, and converts other objects to text."""
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, dict):
        return {
            str(name): "[removed]" if SECRET_NAME.search(str(name)) else redact_value(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple | set):
        return [redact_value(each) for each in value]
    return redact(str(value))
