"""A storage that fails, for Django's setting STORAGES."""

from typing import Any, NoReturn

from django.core.files.storage import Storage


class StorageIsDown(Exception):
    """Not an OSError, as with the errors of other storages."""


class BrokenStorage(Storage):
    def _fail(self, *_: Any, **__: Any) -> NoReturn:
        raise StorageIsDown("The storage is down.")

    _open = _save = delete = exists = _fail
