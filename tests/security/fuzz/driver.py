"""Runs schemathesis against every operation of a running service, as an anonymous visitor, as a member and as staff.

`python -m tests.security.fuzz --seed 7`; DATABASE_URL=postgresql://… runs it on PostgreSQL. The exit status is 1 if
schemathesis reports a failure, which it prints with a command that reproduces it, or if a log contains a secret.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import STDOUT, Popen

import dj_database_url
from django.contrib.auth.models import Group
from django.db import connections

from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.support import suite_logs
from tests.support.installation import Installation
from tests.support.service_process import run_service
from users.models import Token, User

ROLES = ("nobody", "member", "staff")
SCHEMATHESIS = str(Path(sys.executable).with_name("schemathesis"))
PHASES = {"examples,coverage,fuzzing": 0.75, "stateful": 0.25}  # with their shares of the time


def main() -> int:
    options = parse_arguments()
    if len(options.roles) > 1:
        return run_in_parallel(options.roles)
    (role,) = options.roles
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="colophon-fuzz-")))
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="colophon-fuzz-logs-")))
        os.environ[suite_logs.FOLDER] = str(logs)
        with serve(folder) as address:
            has_failed = run_phases(address, role, options, folder)
        secrets = list(suite_logs.find_secrets())
    print("\n".join(["Schemathesis found failures." if has_failed else "Schemathesis found no failures.", *secrets]))
    return 1 if has_failed or secrets else 0


def run_in_parallel(roles: list[str]) -> int:
    """Each role has its own service, so that no role sees the changes of another."""
    with ExitStack() as stack:
        outputs = {role: stack.enter_context(tempfile.TemporaryFile("w+")) for role in roles}
        command = [sys.executable, "-m", "tests.security.fuzz", *sys.argv[1:]]
        processes = {role: Popen([*command, "--roles", role], stdout=outputs[role], stderr=STDOUT) for role in roles}
        for role, process in processes.items():
            process.wait()
            outputs[role].seek(0)
            print(f"===== as {role}", outputs[role].read(), sep="\n", flush=True)
    failed = [role for role, process in processes.items() if process.returncode]
    print(f"Failures as {', '.join(failed)}." if failed else "No failures.")
    return 1 if failed else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=60, help="test cases for each operation and role (default 60)")
    parser.add_argument("--minutes", type=float, default=0, help="time limit; 0 for none (default 0)")
    parser.add_argument("--roles", nargs="+", choices=ROLES, default=ROLES)
    parser.add_argument("--seed", type=int, help="generates the same cases again, if --minutes is 0")
    return parser.parse_args()


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serves a new database with 45 books, a fake shop and a fake Open Library. Yields the address."""
    with ExitStack() as stack:
        installed = stack.enter_context(Installation.create(folder))
        environment = {
            "DATABASE_URL": installed.environment["DATABASE_URL"],
            "SHOP_URL": stack.enter_context(serving(Shop(read_books()[:45]))),
            "OPENLIBRARY_URL": stack.enter_context(serving(OpenLibrary())),
            "LOGINS_PER_ADDRESS": "none",
            "LOGINS_PER_ACCOUNT": "none",
            "LOG_LEVEL": "WARNING",
            "CONTACT": "fuzz@example.org",
        }
        Installation({**installed.environment, **environment}, "").manage("scrape_books").check_returncode()
        service = stack.enter_context(run_service("serve", folder, **environment))
        service.wait_for_line("Colophon serves on")
        connect_to(environment["DATABASE_URL"])
        yield service.address


def connect_to(url: str) -> None:
    """Switches this process to the database of the service."""
    settings = dj_database_url.parse(url)
    del settings["ENGINE"]  # the project has its own for PostgreSQL
    connections.settings["default"].update(settings)
    connections["default"].close()
    del connections["default"]


def run_phases(address: str, role: str, options: argparse.Namespace, folder: Path) -> bool:
    """Whether a phase failed."""
    with sign_in(role, folder) as environment:
        statuses = [run_phase(address, phases, options, {**os.environ, **environment}) for phases in PHASES]
    return any(statuses)


def run_phase(address: str, phases: str, options: argparse.Namespace, environment: dict[str, str]) -> int:
    print(f"== {phases}", flush=True)
    command = [
        SCHEMATHESIS, "--config-file", "schemathesis.toml", "run", f"{address}api/schema", "--checks", "all",
        "--phases", phases, "--max-examples", str(options.cases), "--continue-on-failure", "--no-color",
        "--generation-database", "none", "--warnings", "off",
        "--generation-with-security-parameters", "false",  # otherwise most requests are rejected for a generated token
    ]  # fmt: skip
    if options.minutes:
        command += ["--max-time", str(int(options.minutes * 60 * PHASES[phases]))]
    if options.seed is not None:
        command += ["--seed", str(options.seed)]
    return subprocess.run(command, env=environment, check=False).returncode


@contextmanager
def sign_in(role: str, folder: Path) -> Iterator[dict[str, str]]:
    """Yields the environment with which schemathesis sends a token of the role."""
    if role == "nobody":
        yield {}
        return
    user = User.objects.create_user(f"{role}@example.org", name=role, is_staff=role == "staff")
    if user.is_staff:
        user.groups.add(Group.objects.get(name="Curators"))
    file, stop = folder / f"{role}.token", threading.Event()
    write_token(user, file)
    with ThreadPoolExecutor(1) as threads:
        renewal = threads.submit(renew_token, user, file, stop)
        try:
            yield {"FUZZ_TOKEN": str(file), "SCHEMATHESIS_HOOKS": "tests.security.fuzz.hooks"}
        finally:
            stop.set()
    renewal.result()  # raises the exception of the thread: without a valid token, all later requests were rejected


def renew_token(user: User, file: Path, stop: threading.Event) -> None:
    """Some operations end all tokens of the user."""
    while not stop.wait(1):
        write_token(User.objects.get(pk=user.pk), file)


def write_token(user: User, file: Path) -> None:
    fresh = file.with_suffix(".fresh")
    fresh.write_text(Token.objects.create(user=user)[1], encoding="ascii")
    fresh.rename(file)
