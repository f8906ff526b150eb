"""Steps of an import on its page."""

from typing import Any

from django.test import Client

from tests.web.pages import BROWSER, get_page, parse
from users.models import ImportJob


def post(client: Client, job: ImportJob, action: str, **fields: str) -> Any:
    """Sends a form of the import's page. Returns the page that follows."""
    response = client.post(f"/library/import/{job.pk}/{action}", fields, headers=BROWSER, follow=True)
    assert response.status_code == 200
    return parse(response)


def page_of(client: Client, job: ImportJob, query: str = "") -> Any:
    return get_page(f"/library/import/{job.pk}{query}", client)
