"""Bodies that no honest client sends, and the writes that they are sent to."""

JSON = "application/json"
WRITES = [
    ("POST", "/api/users"), ("PATCH", "/api/users/me"), ("DELETE", "/api/users/me"), ("POST", "/api/auth/login"),
    ("POST", "/api/books"), ("PUT", "/api/books/1"), ("PATCH", "/api/books/1"), ("POST", "/api/authors"),
    ("POST", "/api/categories"), ("POST", "/api/library"), ("POST", "/save"), ("PATCH", "/api/library/1"),
    ("POST", "/api/library/1/readings"), ("POST", "/api/scrape-runs"),
]  # fmt: skip
FIELDS = ["name", "title", "email", "password", "age", "price", "rating", "notes", "work_key", "isbn", "book", "site"]


def every_field(value: str) -> bytes:
    return ("{" + ", ".join(f'"{name}": {value}' for name in FIELDS) + "}").encode()


HOSTILE: dict[str, tuple[str, bytes]] = {
    "nothing": (JSON, b""),
    "no JSON": (JSON, b"{name: 1}"),
    "NUL bytes": (JSON, b"\0" * 100),
    "NUL in text": (JSON, every_field(r'"\u0000"')),
    "half a character": (JSON, every_field(r'"\ud800"')),
    "half a character as a name": (JSON, rb'{"\udfff": 1}'),
    "raw half a character": (JSON, b'{"name": "\xed\xa0\x80"}'),
    "10 MB": (JSON, every_field('"' + "a" * 10_000_000 + '"')[:10_000_000]),
    "2 MB of text": (JSON, b'{"name": "' + b"a" * 2_000_000 + b'"}'),
    "deep lists": (JSON, b"[" * 100_000 + b"]" * 100_000),
    "deep objects": (JSON, b'{"name":' * 50_000 + b"1" + b"}" * 50_000),
    "a name twice": (JSON, b'{"name": "A", "name": "B", "email": "a@example.org", "age": 1}'),
    "a huge whole number": (JSON, every_field("9" * 4_000)),
    "a number of too many digits": (JSON, every_field("9" * 100_000)),
    "a huge number": (JSON, every_field("1e999999")),
    "a tiny number": (JSON, every_field("1e-999999")),
    "Infinity": (JSON, every_field("Infinity")),
    "-Infinity": (JSON, every_field("-Infinity")),
    "NaN": (JSON, every_field("NaN")),
    "true everywhere": (JSON, every_field("true")),
    "null everywhere": (JSON, every_field("null")),
    "lists everywhere": (JSON, every_field("[[[]]]")),
    "objects everywhere": (JSON, every_field('{"a": {}}')),
    "a list": (JSON, b"[]"),
    "a text": (JSON, b'"name"'),
    "null": (JSON, b"null"),
    "a name twice at the very end": (JSON, b"{" + b",".join(b'"f%d":1' % n for n in range(30_000)) + b',"f0":1}'),
    "many empty lists": (JSON, b"[" + b"[]," * 150_000 + b"[]]"),
    "a million fields": (JSON, b"{" + b",".join(b'"f%d":1' % n for n in range(100_000)) + b"}"),
    "UTF-16": (f"{JSON}; charset=utf-16", '{"name": "A"}'.encode("utf-16")),
    "UTF-16 undeclared": (JSON, '{"name": "A"}'.encode("utf-16")),
    "latin-1": (JSON, '{"name": "é"}'.encode("latin-1")),
    "an encoding that is none": (f"{JSON}; charset=rot13", b"{}"),
    "an encoding that is nowhere": (f"{JSON}; charset=\xff", b"{}"),
    "a form": ("application/x-www-form-urlencoded", b"name=A&age=1"),
    "a form with files": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
    ),
    "XML": ("application/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    "no type": ("", b"{}"),
    "a pickle": ("application/python-pickle", b"cos\nsystem\n(S'true'\ntR."),
}
# Whoever may write is told so, wherever it is sent; of the rest it depends on what the route takes
TOLD = {
    **dict.fromkeys(["10 MB", "2 MB of text"], 413),
    **dict.fromkeys(["a form", "a form with files", "XML", "no type", "a pickle"], 415),
    **dict.fromkeys(["UTF-16", "an encoding that is none", "an encoding that is nowhere"], 415),
}
