"""The links of the documents."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = sorted(path.relative_to(ROOT) for folder in ("", "docs") for path in (ROOT / folder).glob("*.md"))
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"^```.*?^```|^(?: {4}).*?$|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def find_links(document: Path) -> list[str]:
    """Those to other files and to headings, without those to other sites."""
    links = LINK.findall(CODE.sub("", (ROOT / document).read_text()))
    return [link for link in links if "://" not in link and not link.startswith("mailto:")]


def find_anchors(file: Path) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    headings = HEADING.findall(file.read_text())
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_of_a_document_lead_to_files_and_headings(document: Path) -> None:
    broken = []
    for link in find_links(document):
        path, _, anchor = link.partition("#")
        file = (ROOT / document).parent / path if path else ROOT / document
        if not file.exists() or (anchor and anchor not in find_anchors(file)):
            broken.append(link)

    assert not broken


def test_documents_have_links_and_anchors() -> None:
    assert sum(len(find_links(document)) for document in DOCUMENTS) > 50
    assert "receive-a-webhook" in find_anchors(ROOT / "docs/notifications.md")
