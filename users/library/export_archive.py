"""Everything that Colophon stores about a user, as one ZIP. The import accepts it."""

import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

from users.library.export_document import write_document
from users.library.export_table import write_table
from users.models import PriceWatch, Token, User

README = """colophon-library.json: your library, complete. Import this file, or the whole ZIP, to restore it.
library.csv: your library as a table, for spreadsheets and other services.
watches.json: your price watches.
account.json: your account, the names of your API tokens, and your imports.
"""


def write_archive(user: User) -> io.BytesIO:
    """A library of 10,000 books takes a few megabytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README)
        add_parts(archive, "colophon-library.json", write_document(user))
        add_parts(archive, "library.csv", write_table(user))
        archive.writestr("watches.json", json.dumps(describe_watches(user), indent=2, ensure_ascii=False))
        archive.writestr("account.json", json.dumps(describe_account(user), indent=2, ensure_ascii=False))
    file.seek(0)
    return file


def add_parts(archive: zipfile.ZipFile, name: str, parts: Iterable[str]) -> None:
    with archive.open(name, "w", force_zip64=True) as file:
        for part in parts:
            file.write(part.encode())


def describe_account(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "email": user.email,
        "age": user.age,
        "time_zone": user.time_zone,
        "api_tokens": [
            {"name": token.name, "expires_at": to_text(token.expiry)} for token in Token.objects.unexpired_of(user)
        ],
        "imports": [
            {"file": job.file_name, "format": job.format, "state": job.state, "at": job.created_at.isoformat()}
            for job in user.import_jobs.all()
        ],
    }


def describe_watches(user: User) -> list[dict[str, Any]]:
    return [
        {
            "book": {name: getattr(watch.book, name) for name in ("title", "isbn_13", "source", "source_key")},
            **{name: getattr(watch, name) for name in ("rule", "scope", "currency", "percent", "is_paused")},
            "amount": None if watch.amount is None else str(watch.amount),
            "start_price": None if watch.start_price is None else str(watch.start_price),
            "last_fired_at": to_text(watch.fired_at),
            "created_at": to_text(watch.created_at),
        }
        for watch in PriceWatch.objects.owned_by(user).select_related("book")
    ]


def to_text(value: Any) -> str | None:
    return value.isoformat() if value else None
