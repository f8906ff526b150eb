"""Errors that concern the whole file. Bad cells and rows are problems of their rows instead."""

from collections.abc import Mapping, Sequence


class ImportFileRefused(ValueError):
    """The file cannot be imported. The message names the kind of file and the way to one that can be imported."""


class UnknownColumns(ValueError):
    """The file is a table of no known format, so that a person has to choose the meaning of its columns.

    `samples` are the cells of the first rows by column. `application` is the program that wrote the file, if its
    columns show it.
    """

    def __init__(
        self, columns: tuple[str, ...], samples: Sequence[Mapping[str, str]], application: str | None = None
    ) -> None:
        origin = (
            f"This is an export of {application}, which has no format of its own here"
            if application
            else ("The columns are those of no known format")
        )
        super().__init__(f"{origin}. Choose which column has the title, the authors, the ISBN and so on.")
        self.columns = columns
        self.samples = samples
        self.application = application
