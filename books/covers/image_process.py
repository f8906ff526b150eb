"""Resizes images in a process of their own, with limits of time and memory."""

import json
import logging
import subprocess
import sys
from base64 import b64decode
from collections.abc import Sequence
from pathlib import Path

from core.text import to_printable

logger = logging.getLogger(__name__)

PROGRAM = Path(__file__).with_name("images.py")
MAX_SECONDS = 30
MAX_REASON = 200  # characters
REFUSED = 1  # exit status of a refused image


class ImageRefused(Exception):
    """The message completes a sentence about the image."""


def resize(body: bytes, widths: Sequence[int]) -> list[bytes]:
    """Returns the image as WebP in each of the ascending widths. Raises ImageRefused."""
    # In a new session, so that Ctrl-C does not make a good image look broken.
    command = [sys.executable, "-I", str(PROGRAM), *map(str, widths)]
    try:
        finished = subprocess.run(  # noqa: S603  our program
            command, input=body, capture_output=True, timeout=MAX_SECONDS, check=False, start_new_session=True
        )
    except subprocess.TimeoutExpired as error:
        raise ImageRefused(f"could not be decoded within {MAX_SECONDS} seconds") from error
    if finished.returncode == REFUSED:
        raise ImageRefused(read_reason(finished.stderr))
    if finished.returncode:
        raise ImageRefused(f"could not be decoded within the limits (exit status {finished.returncode})")
    return [b64decode(image) for image in json.loads(finished.stdout)]


def read_reason(errors: bytes) -> str:
    """The last line that the program has printed. The lines before are the traceback of a decoder, and are logged."""
    trace, _, reason = errors.decode(errors="replace").strip().rpartition("\n")
    if trace:
        logger.info("The decoder of an image failed: %s", to_printable(trace))
    return to_printable(reason[:MAX_REASON])
