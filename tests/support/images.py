"""Images for tests, made with Pillow, and their properties."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

RED, BLUE = (200, 30, 30), (30, 30, 200)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="300"><script>alert(1)</script></svg>'


def make_image(mode: str = "RGB", size: tuple[int, int] = (300, 450), color: Any = RED) -> Image.Image:
    return Image.new(mode, size, color)


def encode(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def make_jpeg(color: tuple[int, int, int] = RED, size: tuple[int, int] = (300, 450)) -> bytes:
    return encode(make_image(size=size, color=color))


def make_noise() -> Image.Image:
    """An image that no format can make small."""
    return Image.effect_noise((300, 450), 90).convert("RGB")


def make_png_bomb(side: int = 60_000) -> bytes:
    """A small PNG file that states a very large size."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def make_jpeg_bomb() -> bytes:
    """A JPEG file of 0.8 MB whose decoding takes minutes: its last scan, which changes nothing, is repeated."""
    body = encode(make_image("L", (4_400, 4_400), 128), progressive=True)
    last_scan = body[body.rindex(b"\xff\xda") : -2]
    return body[:-2] + last_scan * 20_000 + body[-2:]


def decode(body: bytes) -> Image.Image:
    with Image.open(BytesIO(body)) as image:
        image.load()
        return image


def is_near(color: Any, expected: tuple[int, int, int]) -> bool:
    """Whether two colours differ no more than lossy encoding explains."""
    return all(abs(each - other) <= 12 for each, other in zip(color, expected, strict=True))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
