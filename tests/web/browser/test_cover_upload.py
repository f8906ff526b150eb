"""Covers over the general limit of request bodies, sent to a running service."""

import random
from io import BytesIO

import pytest
from PIL import Image

from tests.support.service_process import ServiceProcess
from tests.web.browser.test_shared_library import Reader

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.slow]


def make_png(megabytes: int) -> bytes:
    """Noise, which cannot be compressed."""
    file, size = BytesIO(), (1000, megabytes * 350)
    Image.frombytes("RGB", size, random.Random(1).randbytes(size[0] * size[1] * 3)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("path", "megabytes", "status"), [("book/add", 4, 302), ("book/add", 6, 413), ("account", 4, 413)]
)
def test_only_the_form_of_a_book_accepts_a_large_cover(
    service: ServiceProcess, path: str, megabytes: int, status: int
) -> None:
    reader = Reader(service.address, is_member=True)
    (token,) = {str(each["value"]) for each in reader.get("book/add").select("main input[name=csrfmiddlewaretoken]")}
    fields = {"title": "Family recipes", "status": "read", "csrfmiddlewaretoken": token}

    response = reader.session.post(
        service.address + path, fields, files={"cover": make_png(megabytes)}, timeout=60, allow_redirects=False
    )

    assert response.status_code == status
    if status == 302:
        book = response.headers["Location"].split("/")[2]
        image = reader.session.get(f"{service.address}covers/{book}/440", timeout=60)
        assert image.headers["Content-Type"] == "image/webp"
