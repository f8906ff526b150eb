"""The list of books as a small service: FastAPI and sqlite3, three columns, LIKE, page and limit.

DATABASE=/path/to/books.sqlite3 uvicorn books_fastapi:app
"""

import os
import sqlite3
from contextlib import closing
from typing import Annotated, Any

from fastapi import FastAPI, Query

DATABASE = os.environ["DATABASE"]
COLUMNS = "id, title, price"
Page = Annotated[int, Query(ge=1)]
Limit = Annotated[int, Query(ge=1, le=100)]

app = FastAPI()


def fetch_rows(query: str, *values: Any) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(DATABASE)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query, values)]


@app.get("/books")
def books(page: Page = 1, limit: Limit = 10) -> dict[str, Any]:
    count = fetch_rows("SELECT count(*) AS count FROM books")[0]["count"]
    results = fetch_rows(f"SELECT {COLUMNS} FROM books ORDER BY id LIMIT ? OFFSET ?", limit, (page - 1) * limit)
    return {"count": count, "results": results}


@app.get("/books/search")
def search(title: str, page: Page = 1, limit: Limit = 10) -> dict[str, Any]:
    pattern = f"%{title}%"
    count = fetch_rows("SELECT count(*) AS count FROM books WHERE title LIKE ?", pattern)[0]["count"]
    select = f"SELECT {COLUMNS} FROM books WHERE title LIKE ? ORDER BY id LIMIT ? OFFSET ?"
    return {"search": title, "count": count, "results": fetch_rows(select, pattern, limit, (page - 1) * limit)}
