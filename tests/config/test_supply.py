"""Supply chain and containers: requirements are pinned by hash, and each container has few privileges and limits."""

import re

import pytest
import yaml

from config import server
from scripts import run
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


def test_containers_are_limited_and_unprivileged() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]

    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"], name
        assert service["pids_limit"], name
    assert [name for name, service in services.items() if "cap_add" in service] == ["db"]


def test_containers_have_more_time_to_stop_than_their_longest_request() -> None:
    backend = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["backend"]

    assert int(backend["stop_grace_period"].removesuffix("s")) > server.STOP_SECONDS
    assert run.STOP_SECONDS > server.STOP_SECONDS


def test_base_images_name_their_release() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8") + (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    images = re.findall(r"(?:^FROM|image:) ((?:python|postgres):\S+)", text, re.MULTILINE)

    assert len(images) == 3
    assert all(image.endswith("-trixie") for image in images)
