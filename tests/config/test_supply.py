"""Supply chain and containers: requirements are pinned by hash, and each container has few privileges and limits."""

import re
from typing import Any

import pytest
import yaml

from config import server
from scripts import run
from tests.support.installation import ROOT

Service = dict[str, Any]


class ComposeLoader(yaml.SafeLoader):
    """Reads Compose's tag `!reset` as an empty list."""


ComposeLoader.add_constructor("!reset", lambda loader, node: [])


def read_services(file_name: str) -> dict[str, Service]:
    """The services by name, with the keys of those that they extend."""
    content = yaml.load((ROOT / file_name).read_text(encoding="utf-8"), ComposeLoader)
    return {name: resolve(service) for name, service in content["services"].items()}


def resolve(service: Service) -> Service:
    extended = service.get("extends")
    return {**read_services(extended["file"])[extended["service"]], **service} if extended else service


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
    services = {**read_services("docker-compose.scale.yml"), **read_services("docker-compose.yml")}

    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"], name
        assert service["pids_limit"], name
        assert service.get("read_only") or name == "db", name
    assert [name for name, service in services.items() if "cap_add" in service] == ["db"]


def test_hosts_share_the_secret_key_and_only_the_volume_of_uploaded_files() -> None:
    services = read_services("docker-compose.scale.yml")
    hosts = {name: services[name] for name in ("backend1", "backend2", "worker1", "worker2")}

    for name, host in hosts.items():
        assert host["volumes"] == [f"{name}_var:/app/var", "files:/app/files"], name
        assert host["environment"]["FILES_DIR"] == "/app/files"
    assert all(host["environment"]["SECRET_KEY"].startswith("${SECRET_KEY:?") for host in hosts.values())


def test_only_nginx_publishes_a_port_of_the_scaled_stack() -> None:
    services = read_services("docker-compose.scale.yml")

    assert {name: service["ports"] for name, service in services.items() if service.get("ports")} == {
        "nginx": ["127.0.0.1:8000:8080"]
    }


def test_containers_have_more_time_to_stop_than_their_longest_request() -> None:
    backend = read_services("docker-compose.yml")["backend"]

    assert int(backend["stop_grace_period"].removesuffix("s")) > server.STOP_SECONDS
    assert run.STOP_SECONDS > server.STOP_SECONDS


def test_base_images_name_their_release() -> None:
    files = ["Dockerfile", "docker-compose.yml", "docker-compose.scale.yml"]
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in files)
    images = re.findall(r"(?:^FROM|image:) ((?:python|postgres|nginx|redis):\S+)", text, re.MULTILINE)

    assert len(images) == 5
    assert all(image.endswith("-trixie") for image in images)
