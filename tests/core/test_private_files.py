"""Other users of the machine cannot read the data."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django.fixtures import Settings

from core.private_files import find_readable, make_private
from tests.support.installation import Installation

UNMIGRATED = {"PATH": "/usr/bin:/bin", "CONTACT": "staff@example.org"}


def modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in [folder, *folder.iterdir()]}


def test_new_databases_and_dumps_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    installed = Installation({**UNMIGRATED, "VAR_DIR": str(folder)}, "")

    installed.manage("migrate", "--verbosity", "0").check_returncode()
    installed.manage("dumpdata", "books", "--output", str(folder / "dump.json")).check_returncode()

    assert {"colophon.sqlite3", "dump.json", "secret_key"} <= modes(folder).keys()
    assert all(mode & 0o077 == 0 for mode in modes(folder).values()), modes(folder)


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
def test_an_existing_database_becomes_private(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"old.sqlite3{suffix}"
    path.touch(mode=0o666)
    path.chmod(0o664)

    environment = {**UNMIGRATED, "VAR_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/old.sqlite3"}
    Installation(environment, "").manage("check").check_returncode()

    assert path.stat().st_mode & 0o777 == 0o600


def test_commands_that_write_program_files_keep_the_umask(tmp_path: Path) -> None:
    """An image is built from these files, and runs as another user."""
    schema = tmp_path / "schema.yaml"

    Installation({**UNMIGRATED, "VAR_DIR": str(tmp_path)}, "").manage("spectacular", "--file", str(schema))

    assert schema.stat().st_mode & 0o044 == 0o044


def test_readable_paths_are_found_and_tightened(tmp_path: Path) -> None:
    readable, private = tmp_path / "readable", tmp_path / "private"
    for path, mode in ((readable, 0o640), (private, 0o600)):
        path.touch()
        path.chmod(mode)
    paths = [readable, private, tmp_path / "missing"]

    assert list(find_readable(paths)) == [readable]
    make_private(paths)
    assert list(find_readable(paths)) == []


def test_deployment_check_names_a_readable_folder(tmp_path: Path, settings: Settings) -> None:
    settings.PRIVATE_PATHS = [tmp_path]
    tmp_path.chmod(0o755)

    with pytest.raises(SystemCheckError, match=rf"can read {tmp_path}\."):
        call_command("check", deploy=True, fail_level="WARNING")
