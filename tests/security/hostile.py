"""Hostile request bodies, and the routes that receive them."""

JSON = "application/json"
WRITE_ROUTES = [
    ("POST", "/api/users"), ("PATCH", "/api/users/me"), ("DELETE", "/api/users/me"), ("POST", "/api/auth/login"),
    ("POST", "/api/books"), ("PUT", "/api/books/1"), ("PATCH", "/api/books/1"), ("POST", "/api/authors"),
    ("POST", "/api/categories"), ("POST", "/api/library"), ("POST", "/save"), ("PATCH", "/api/library/1"),
    ("POST", "/api/library/1/readings"), ("POST", "/api/scrape-runs"),
]  # fmt: skip
FIELDS = ["name", "title", "email", "password", "age", "price", "rating", "notes", "work_key", "isbn", "book", "site"]


def with_all_fields(value: str) -> bytes:
    """A JSON object in which every field has the value."""
    return ("{" + ", ".join(f'"{name}": {value}' for name in FIELDS) + "}").encode()


HOSTILE_BODIES: dict[str, tuple[str, bytes]] = {
    "empty": (JSON, b""),
    "invalid JSON": (JSON, b"{name: 1}"),
    "NUL bytes": (JSON, b"\0" * 100),
    "NUL in text": (JSON, with_all_fields(r'"\u0000"')),
    "lone surrogate": (JSON, with_all_fields(r'"\ud800"')),
    "lone surrogate as a name": (JSON, rb'{"\udfff": 1}'),
    "surrogate in UTF-8": (JSON, b'{"name": "\xed\xa0\x80"}'),
    "10 MB": (JSON, with_all_fields('"' + "a" * 10_000_000 + '"')[:10_000_000]),
    "2 MB of text": (JSON, b'{"name": "' + b"a" * 2_000_000 + b'"}'),
    "deep lists": (JSON, b"[" * 100_000 + b"]" * 100_000),
    "deep objects": (JSON, b'{"name":' * 50_000 + b"1" + b"}" * 50_000),
    "duplicate name": (JSON, b'{"name": "A", "name": "B", "email": "a@example.org", "age": 1}'),
    "huge integer": (JSON, with_all_fields("9" * 4_000)),
    "integer of 100,000 digits": (JSON, with_all_fields("9" * 100_000)),
    "huge exponent": (JSON, with_all_fields("1e999999")),
    "tiny exponent": (JSON, with_all_fields("1e-999999")),
    "Infinity": (JSON, with_all_fields("Infinity")),
    "-Infinity": (JSON, with_all_fields("-Infinity")),
    "NaN": (JSON, with_all_fields("NaN")),
    "true everywhere": (JSON, with_all_fields("true")),
    "null everywhere": (JSON, with_all_fields("null")),
    "lists everywhere": (JSON, with_all_fields("[[[]]]")),
    "objects everywhere": (JSON, with_all_fields('{"a": {}}')),
    "list": (JSON, b"[]"),
    "string": (JSON, b'"name"'),
    "null": (JSON, b"null"),
    "duplicate name at the end": (JSON, b"{" + b",".join(b'"f%d":1' % n for n in range(30_000)) + b',"f0":1}'),
    "many empty lists": (JSON, b"[" + b"[]," * 150_000 + b"[]]"),
    "100,000 fields": (JSON, b"{" + b",".join(b'"f%d":1' % n for n in range(100_000)) + b"}"),
    "UTF-16": (f"{JSON}; charset=utf-16", '{"name": "A"}'.encode("utf-16")),
    "UTF-16 undeclared": (JSON, '{"name": "A"}'.encode("utf-16")),
    "latin-1": (JSON, '{"name": "é"}'.encode("latin-1")),
    "unsuitable charset": (f"{JSON}; charset=rot13", b"{}"),
    "unknown charset": (f"{JSON}; charset=\xff", b"{}"),
    "form": ("application/x-www-form-urlencoded", b"name=A&age=1"),
    "multipart form": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
    ),
    "XML": ("application/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    "no content type": ("", b"{}"),
    "pickle": ("application/python-pickle", b"cos\nsystem\n(S'true'\ntR."),
}
# The status for a caller with write access on every route. The status of the other bodies depends on the route.
EXPECTED_STATUSES = {
    **dict.fromkeys(["10 MB", "2 MB of text"], 413),
    **dict.fromkeys(["form", "multipart form", "XML", "no content type", "pickle"], 415),
    **dict.fromkeys(["UTF-16", "unsuitable charset", "unknown charset"], 415),
}
