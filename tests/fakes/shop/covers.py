"""The shop's covers: JPEG images, drawn from the book alone, so that they are the same at every start."""

import zlib
from functools import cache
from io import BytesIO
from textwrap import wrap

from PIL import Image, ImageDraw, ImageFont

from tests.fakes.shop.catalogue import ShopBook

SIZE = (320, 480)
MARGIN = 28


def draw_cover(book: ShopBook) -> bytes:
    """The title in a frame, on a colour derived from the UPC."""
    number = zlib.crc32(book.upc.encode())
    image = Image.new("RGB", SIZE, f"hsl({number % 360}, {30 + number % 25}%, {26 + number % 17}%)")
    draw = ImageDraw.Draw(image)
    accent = f"hsl({(number // 360) % 360}, 45%, 72%)"
    draw.rectangle((14, 14, SIZE[0] - 15, SIZE[1] - 15), outline=accent, width=2)
    draw.line((MARGIN, 330, SIZE[0] - MARGIN, 330), fill=accent, width=3)
    title = "\n".join(wrap(book.title, 15, max_lines=7, placeholder=" …"))
    draw.multiline_text((MARGIN, 48), title, fill="#faf8f4", font=load_font(30), spacing=8)
    draw.text((MARGIN, 350), book.category, fill=accent, font=load_font(20))
    file = BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()


@cache
def load_font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font of Pillow, because a machine may have no others."""
    return ImageFont.load_default(size)
