"""Reading images of unknown origin, in the process that decodes them."""

from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw

from books.covers import image_process
from books.covers.image_process import ImageRefused
from books.covers.images import MAX_PIXELS, UnusableImage, resize
from books.covers.widths import WIDTHS
from tests.support.images import (
    BLUE,
    RED,
    SVG,
    decode,
    encode,
    is_near,
    make_image,
    make_jpeg,
    make_jpeg_bomb,
    make_noise,
    make_png_bomb,
)

JPEG = make_jpeg()
INCOMPLETE = "is not a complete JPEG, PNG, WebP or GIF image"


def read_corner(body: bytes) -> Any:
    return decode(resize(body, WIDTHS)[0]).getpixel((5, 5))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_formats_become_webp(kind: str) -> None:
    images = [decode(body) for body in resize(encode(make_image(), kind), WIDTHS)]

    assert [(image.format, image.mode, image.size) for image in images] == [
        ("WEBP", "RGB", size) for size in ((120, 180), (240, 360), (300, 450))
    ]
    assert all(is_near(image.getpixel((5, 5)), RED) for image in images)


@pytest.mark.parametrize(
    ("mode", "color"),
    [("L", 0), ("1", 0), ("P", 0), ("LA", (0, 255)), ("I;16", 0), ("RGBA", (0, 0, 0, 255))],
)
def test_modes_of_png_become_rgb(mode: str, color: Any) -> None:
    assert is_near(read_corner(encode(make_image(mode, color=color), "PNG")), (0, 0, 0))


def test_cmyk_jpeg_becomes_rgb() -> None:
    assert is_near(read_corner(encode(make_image("CMYK", color=(0, 255, 255, 0)))), (255, 0, 0))


def test_transparent_parts_become_white() -> None:
    image = make_image("RGBA", color=(0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((0, 225, 300, 450), fill=(*BLUE, 255))

    small = decode(resize(encode(image, "PNG"), WIDTHS)[0])

    assert is_near(small.getpixel((60, 20)), (255, 255, 255))
    assert is_near(small.getpixel((60, 150)), BLUE)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_animated_image_becomes_its_first_frame(kind: str) -> None:
    frames = [make_image(color=BLUE)]
    body = encode(make_image(), kind, save_all=True, append_images=frames, duration=100)

    result = resize(body, WIDTHS)[0]

    assert is_near(decode(result).getpixel((5, 5)), RED)
    with Image.open(BytesIO(result)) as image:
        assert getattr(image, "n_frames", 1) == 1


def test_rotation_of_the_camera_is_applied() -> None:
    image = make_image(size=(450, 300), color=RED)
    ImageDraw.Draw(image).rectangle((0, 0, 225, 300), fill=BLUE)
    exif = Image.Exif()
    exif[0x0112] = 6  # the top of the picture is at the right side of the data

    result = decode(resize(encode(image, exif=exif, quality=95), WIDTHS)[0])

    assert result.size == (120, 180)
    assert is_near(result.getpixel((60, 20)), BLUE)
    assert is_near(result.getpixel((60, 160)), RED)


def test_metadata_is_removed() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    body = encode(make_image(), exif=exif, icc_profile=b"profile", comment=b"a comment")

    for result in resize(body, WIDTHS):
        assert not {"exif", "icc_profile", "xmp", "comment"} & decode(result).info.keys()
        assert b"taken at home" not in result


def test_appended_data_is_removed() -> None:
    assert all(b"<script>" not in result for result in resize(JPEG + SVG, WIDTHS))


def test_small_images_are_not_enlarged() -> None:
    assert {decode(body).size for body in resize(make_jpeg(size=(100, 150)), WIDTHS)} == {(100, 150)}


def test_tall_images_are_limited_in_height() -> None:
    assert [decode(body).size for body in resize(make_jpeg(size=(50, 20_000)), WIDTHS)] == [
        (1, 240),
        (1, 480),
        (2, 880),
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"", SVG, b"<!DOCTYPE html><title>Not found</title>", b"GIF89a", JPEG[: len(JPEG) // 2], JPEG[:-200],
        encode(make_noise(), "PNG")[:-5_000], encode(make_noise(), "WEBP")[:-500],
        encode(make_noise(), "GIF")[:-5_000],
        encode(make_image(), "TIFF"), encode(make_image(), "BMP"), encode(make_image(), "ICO"),
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100, b"RIFF\xff\xff\xff\xffWEBPVP8 ",
    ],
)  # fmt: skip
def test_other_and_broken_files_are_refused(body: bytes) -> None:
    with pytest.raises(UnusableImage, match=INCOMPLETE):
        resize(body, WIDTHS)


def test_every_shortened_file_is_refused_or_read() -> None:
    """No other exception leaves the function."""
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        body = encode(make_noise().resize((40, 60)), kind)
        for length in range(0, len(body), max(1, len(body) // 60)):
            with suppress(UnusableImage):
                resize(body[:length], WIDTHS)


@pytest.mark.parametrize("size", [(1, 1), (15, 400)])
def test_images_too_small_for_a_cover_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(UnusableImage, match="too small for a cover"):
        resize(make_jpeg(size=size), WIDTHS)


def test_pixels_are_limited_before_they_are_decoded() -> None:
    with pytest.raises(UnusableImage, match=f"has 5000 x 4001 pixels; {MAX_PIXELS:,} are allowed"):
        resize(make_png_bomb()[:16] + encode(make_image("1", (5000, 4001), 0), "PNG")[16:], WIDTHS)


def test_process_returns_the_images() -> None:
    assert image_process.resize(JPEG, WIDTHS) == resize(JPEG, WIDTHS)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (make_png_bomb(), "has 60000 x 60000 pixels; 20,000,000 are allowed"),
        (SVG, INCOMPLETE),
        (encode(make_image(size=(16_000, 16_000)), "WEBP", lossless=True, method=0), INCOMPLETE),  # no memory for it
    ],
)
def test_process_refuses_images(body: bytes, message: str) -> None:
    with pytest.raises(ImageRefused, match=message):
        image_process.resize(body, WIDTHS)


def test_process_is_limited_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_process, "MAX_SECONDS", 3)

    with pytest.raises(ImageRefused, match="could not be decoded within 3 seconds"):
        image_process.resize(make_jpeg_bomb(), WIDTHS)


def test_death_of_the_process_refuses_the_image(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    program = tmp_path / "program.py"
    program.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(image_process, "PROGRAM", program)

    with pytest.raises(ImageRefused, match=r"within the limits \(exit status -11\)"):
        image_process.resize(JPEG, WIDTHS)


def test_error_of_a_decoder_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="books.covers.image_process")

    with pytest.raises(ImageRefused) as refused:
        image_process.resize(JPEG[: len(JPEG) // 2], WIDTHS)

    assert str(refused.value) == INCOMPLETE
    assert "Traceback (most recent call last)" in caplog.text
    assert "image file is truncated" in caplog.text


def test_image_of_a_wrong_size_has_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="books.covers.image_process")

    with pytest.raises(ImageRefused, match="too small for a cover"):
        image_process.resize(encode(make_image(size=(4, 4)), "PNG"), WIDTHS)

    assert not caplog.records
