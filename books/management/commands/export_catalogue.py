"""Writes books or the price history to a file, with the filters of the API."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import QueryDict

from books.exports.catalogue import EXPORTS, Export, choose_format, write_export
from books.exports.formats import FORMATS


class Command(BaseCommand):
    help = "Writes books or the price history to standard output or to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        exports = parser.add_subparsers(dest="export", metavar="books|prices", required=True)
        for export in EXPORTS.values():
            add_options(exports.add_parser(export.name, help=f"Exports {export.name}."), export)

    def handle(self, *args: Any, **options: Any) -> None:
        export = EXPORTS[options["export"]]
        form = choose_format(options["format"], with_bom=options["bom"])
        rows = filter_rows(export, options)
        parts = write_export(export, rows, form)
        with open_output(options["output"], self.stdout._out) as file:  # its wrapper adds line ends
            for part in parts:
                file.write(part)


def add_options(parser: Any, export: Export) -> None:
    parser.add_argument("--format", choices=list(FORMATS), default="csv")
    parser.add_argument("--bom", action="store_true", help="Start a CSV file with a byte order mark, for Excel.")
    parser.add_argument("--output", type=Path, metavar="FILE", help="A name that ends with .gz is compressed.")
    parser.add_argument("--unpublished", action="store_true", help="Export unpublished books too.")
    for name, each in export.filters.base_filters.items():
        help_text = str(each.extra.get("help_text") or "").replace("%", "%%")
        parser.add_argument(f"--{name.replace('_', '-')}", dest=f"filter_{name}", metavar="VALUE", help=help_text)


def filter_rows(export: Export, options: dict[str, Any]) -> Any:
    """The rows that the options select. Raises CommandError for an invalid value."""
    given = {name: options[f"filter_{name}"] for name in export.filters.base_filters}
    data = QueryDict(mutable=True)
    data.update({name: value for name, value in given.items() if value is not None})
    rows: Any = export.model._default_manager.all()
    filtered = export.filters(data, rows if options["unpublished"] else export.restrict(rows, None))
    if not filtered.is_valid():
        errors = (f"--{name.replace('_', '-')}: {' '.join(texts)}" for name, texts in filtered.errors.items())
        raise CommandError("; ".join(errors))
    return filtered.qs


@contextmanager
def open_output(path: Path | None, stdout: Any) -> Iterator[IO[str]]:
    """Standard output, or a file that appears under its name only when it is complete."""
    if path is None:
        yield stdout
        return
    partial = path.with_name(f"{path.name}.part")
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(partial, "wt", encoding="utf-8", newline="") as file:
            yield file
        partial.replace(path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)
