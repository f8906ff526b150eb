"""Reads pages as a browser without scripts would."""

from typing import Any

from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def get_page(path: str, client: Client | None = None, *, status: int = 200) -> BeautifulSoup:
    response = (client or Client()).get(path, headers=BROWSER)
    assert response.status_code == status, response.content
    return parse(response)


def parse(response: Any) -> BeautifulSoup:
    assert isinstance(response, HttpResponse)
    assert response["Content-Type"] == "text/html; charset=utf-8"
    return BeautifulSoup(response.content, "lxml")


def read_controls(path: str, client: Client, selector: str = "#entry form") -> dict[str, str]:
    """The hidden fields of the controls of the library, which contain the values that the reader sees."""
    fields = get_page(path, client).select(f"{selector} input[type=hidden]")
    return {str(each["name"]): str(each.get("value", "")) for each in fields}


def text_of(page: BeautifulSoup, selector: str) -> str:
    """The text of the only element that matches, with single spaces."""
    (element,) = page.select(selector)
    return " ".join(element.get_text(" ").split())


def texts_of(page: BeautifulSoup, selector: str) -> list[str]:
    return [" ".join(element.get_text(" ").split()) for element in page.select(selector)]
