"""Keeps other users of the machine from reading the data."""

import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

GROUP_AND_OTHERS = 0o077


def make_private(paths: Iterable[Path]) -> None:
    """Removes the permissions of group and others from files of this user. Skips files that do not exist."""
    for path in find_readable(paths):
        with suppress(OSError):  # a file of another user
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~GROUP_AND_OTHERS)


def find_readable(paths: Iterable[Path]) -> Iterator[Path]:
    """The existing paths that group or others may read or write."""
    for path in paths:
        with suppress(OSError):
            if path.stat().st_mode & GROUP_AND_OTHERS:
                yield path
