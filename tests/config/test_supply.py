"""Supply chain: every requirement is pinned by hash, and every installation checks the hashes."""

import re

import pytest

from tests.support.installation import ROOT


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_by_hash(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8"))
    requirements = [entry for entry in entries if not entry.startswith("#")]

    assert len(requirements) > 30
    for requirement in requirements:
        assert re.match(r"[\w.-]+==\S+", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement


@pytest.mark.parametrize("path", ["Makefile", "Dockerfile"])
def test_installations_require_hashes(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    commands = re.findall(r"^.*\binstall\b.*-r requirements\S*\.txt.*$", text, re.MULTILINE)

    assert commands
    assert all("--require-hashes" in command for command in commands)
