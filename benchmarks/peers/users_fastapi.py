"""The users service once more, the way many small ones are written: FastAPI, psycopg2, a connection for each request.

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
def cursor() -> Iterator[RealDictCursor]:
    """A connection of its own; leaving commits what was done, and closes."""
    with (
        closing(psycopg2.connect(DATABASE_URL)) as connection,
        connection,
        connection.cursor(cursor_factory=RealDictCursor) as opened,
    ):
        yield opened


with cursor() as opened:
    opened.execute(TABLE)

app = FastAPI()


@app.get("/users")
def users() -> list[User]:
    with cursor() as opened:
        opened.execute(f"SELECT {COLUMNS} FROM users ORDER BY id")
        return [User(**row) for row in opened.fetchall()]


@app.get("/users/{number}")
def user(number: int) -> User:
    with cursor() as opened:
        opened.execute(f"SELECT {COLUMNS} FROM users WHERE id = %s", (number,))
        return User(**found(opened.fetchone()))


@app.post("/users", status_code=201)
def register(new: NewUser) -> User:
    insert = f"INSERT INTO users (name, email, age) VALUES (%s, %s, %s) RETURNING {COLUMNS}"
    try:
        with cursor() as opened:
            opened.execute(insert, (new.name, new.email, new.age))
            return User(**found(opened.fetchone()))
    except UniqueViolation as error:
        raise HTTPException(409, "There is an account with this e-mail address already.") from error


def found(row: Any) -> Any:
    if row is None:
        raise HTTPException(404, "Nobody has this id.")
    return row
