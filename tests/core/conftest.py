"""Log output in the formats that the service writes."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest

from core.logs import JsonLineFormatter, TextFormatter


@contextmanager
def capture_log(formatter: logging.Formatter) -> Iterator[StringIO]:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def text_log() -> Iterator[StringIO]:
    with capture_log(TextFormatter()) as stream:
        yield stream


@pytest.fixture
def json_log() -> Iterator[StringIO]:
    with capture_log(JsonLineFormatter()) as stream:
        yield stream
