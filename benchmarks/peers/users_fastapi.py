"""The users service as many small services are written: FastAPI and psycopg2, with a connection for each request.

DATABASE_URL=postgresql://… uvicorn users_fastapi:app
"""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated, Any

import psycopg2
from fastapi import FastAPI, HTTPException
from psycopg2.errors import UniqueViolation
from psycopg2.extras import RealDictCursor
from pydantic import BaseModel, Field

DATABASE_URL = os.environ["DATABASE_URL"]
TABLE = """
    CREATE TABLE IF NOT EXISTS users (
        id BIGSERIAL PRIMARY KEY,
        name VARCHAR(100) NOT NULL,
        email VARCHAR(254) NOT NULL UNIQUE,
        age SMALLINT NOT NULL
    )
"""
COLUMNS = "id, name, email, age"


class NewUser(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=100)]
    email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    age: Annotated[int, Field(ge=0, le=150)]


class User(NewUser):
    id: int


@contextmanager
def open_cursor() -> Iterator[RealDictCursor]:
    """Opens a connection; commits and closes it at the end of the block."""
    with (
        closing(psycopg2.connect(DATABASE_URL)) as connection,
        connection,
        connection.cursor(cursor_factory=RealDictCursor) as cursor,
    ):
        yield cursor


with open_cursor() as cursor:
    cursor.execute(TABLE)

app = FastAPI()


@app.get("/users")
def users() -> list[User]:
    with open_cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM users ORDER BY id")
        return [User(**row) for row in cursor.fetchall()]


@app.get("/users/{number}")
def user(number: int) -> User:
    with open_cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM users WHERE id = %s", (number,))
        return User(**require_row(cursor.fetchone()))


@app.post("/users", status_code=201)
def register(new: NewUser) -> User:
    insert = f"INSERT INTO users (name, email, age) VALUES (%s, %s, %s) RETURNING {COLUMNS}"
    try:
        with open_cursor() as cursor:
            cursor.execute(insert, (new.name, new.email, new.age))
            return User(**require_row(cursor.fetchone()))
    except UniqueViolation as error:
        raise HTTPException(409, "This e-mail address is already in use.") from error


def require_row(row: Any) -> Any:
    if row is None:
        raise HTTPException(404, "There is no user with this id.")
    return row
