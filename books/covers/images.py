"""Reads an image of unknown origin and writes it as WebP in several widths.

It is a program, because a hostile image can occupy a processor or the memory, or end the process that decodes it. It
reads the image from standard input, takes the widths as arguments, and prints a JSON list of base64 texts. Without
Django it starts in 0.2 seconds.
"""

import json
import resource
import sys
import traceback
from base64 import b64encode
from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_PIXELS = 20_000_000  # 80 MB in memory
MIN_SIDE = 16  # pixels; Open Library serves an image of one pixel for a cover that it does not have
MAX_RATIO = 2  # height to width of the written images; higher ones get narrower
QUALITY = 82  # of WebP, 0 to 100
CPU_SECONDS = 20
MEMORY_BYTES = 1024**3


class UnusableImage(Exception):
    """The message completes a sentence about the image."""


def resize(body: bytes, widths: Sequence[int]) -> list[bytes]:
    """Returns the image as WebP in each of the ascending widths, without metadata. Never enlarges it.

    Raises UnusableImage.
    """
    try:
        with Image.open(BytesIO(body), formats=FORMATS) as image:
            _check_size(*image.size)
            page = _flatten(ImageOps.exif_transpose(image), widths[-1])
            return [_encode(page, width) for width in widths]
    except UnusableImage:
        raise
    except Exception as error:  # Pillow's decoders raise many types for broken data; `main` prints the traceback
        raise UnusableImage("is not a complete JPEG, PNG, WebP or GIF image") from error


def _check_size(width: int, height: int) -> None:
    """Raises UnusableImage before the pixels are decoded (decompression bombs)."""
    if width * height > MAX_PIXELS:
        raise UnusableImage(f"has {width} x {height} pixels; {MAX_PIXELS:,} are allowed")
    if min(width, height) < MIN_SIDE:
        raise UnusableImage(f"has {width} x {height} pixels, which is too small for a cover")


def _flatten(image: Image.Image, max_width: int) -> Image.Image:
    """The first frame on white. The new image has no metadata and no colour profile."""
    layer = image.convert("RGBA")
    layer.thumbnail((max_width, max_width * MAX_RATIO), Image.Resampling.LANCZOS)
    page = Image.new("RGB", layer.size, "white")
    page.paste(layer, mask=layer)
    return page


def _encode(page: Image.Image, width: int) -> bytes:
    resized = page.copy()
    resized.thumbnail((width, width * MAX_RATIO), Image.Resampling.LANCZOS)
    file = BytesIO()
    resized.save(file, "WEBP", quality=QUALITY)
    return file.getvalue()


def _limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    if sys.platform == "linux":  # macOS rejects the limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def main() -> None:
    _limit_resources()
    Image.MAX_IMAGE_PIXELS = None  # _check_size has a lower limit
    try:
        images = resize(sys.stdin.buffer.read(), [int(width) for width in sys.argv[1:]])
    except UnusableImage as error:
        if error.__cause__:
            traceback.print_exception(error.__cause__)
        sys.exit(str(error))
    json.dump([b64encode(image).decode() for image in images], sys.stdout)


if __name__ == "__main__":
    main()
