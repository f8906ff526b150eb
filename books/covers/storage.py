"""Stores the images of covers in Django's default storage, which several hosts can share."""

import logging
from collections.abc import Sequence
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from books.covers.widths import WIDTHS
from books.models import Cover

logger = logging.getLogger(__name__)


def save(cover: Cover, images: Sequence[bytes]) -> str:
    """Stores one image for each of WIDTHS. Returns their common digest. Raises the errors of the storage."""
    digest = digest_images(images)
    try:
        for width, image in zip(WIDTHS, images, strict=True):
            name = file_name(cover, digest, width)
            default_storage.delete(name)  # a process that was killed can have left a part of it
            default_storage.save(name, ContentFile(image))
    except Exception:  # raised again; storages have no common base class of errors
        delete(cover, digest)  # because the storage may be full
        raise
    return digest


def digest_images(images: Sequence[bytes]) -> str:
    return sha256(b"".join(images)).hexdigest()


def is_complete(cover: Cover, digest: str) -> bool:
    """Raises the errors of the storage."""
    return all(default_storage.exists(file_name(cover, digest, width)) for width in WIDTHS)


def read(cover: Cover, width: int) -> bytes:
    """Raises FileNotFoundError, or another error of the storage."""
    with default_storage.open(file_name(cover, cover.digest, width)) as file:
        return bytes(file.read())


def delete(cover: Cover, digest: str) -> None:
    """Deletes the images; missing ones are no error. Raises the errors of the storage."""
    for width in WIDTHS:
        default_storage.delete(file_name(cover, digest, width))


def try_delete(cover: Cover) -> bool:
    """Deletes the images. Call it after the change of their row. Returns False for a failure, which is logged."""
    try:
        delete(cover, cover.digest)
    except Exception:  # storages have no common base class of errors
        logger.exception("The images of cover %d could not be deleted.", cover.pk)
        return False
    return True


def file_name(cover: Cover, digest: str, width: int) -> str:
    """In a hundred folders, because a folder with very many files is slow on some storages."""
    return f"covers/{cover.pk % 100:02}/{cover.pk}-{digest[:16]}-{width}.webp"
