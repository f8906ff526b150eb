"""When sources last confirmed books."""

from django.db import models


class LastCheck(models.Model):
    """The time at which the source last confirmed a book after it was created.

    It is not a column of the book, because a refresh writes it for every book, and PostgreSQL adds an entry to each of
    the book's indexes for a changed row.
    """

    book = models.OneToOneField("books.Book", models.CASCADE, primary_key=True, related_name="last_check")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
