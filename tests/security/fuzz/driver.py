"""Asks every operation of the running service for what it should not give: signed out, as a member, as staff.

`python -m tests.security.fuzz --cases 300`; DATABASE_URL=postgresql://… tries it on PostgreSQL. Exit status 1 where
anything is found: schemathesis prints it with a command that repeats it.
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

import environ
from django.db import connections

from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.support import suite_logs
from tests.support.installation import Installation
from tests.support.running import running
from users.models import Token, User

ROLES = ("nobody", "member", "staff")
SCHEMATHESIS = str(Path(sys.executable).with_name("schemathesis"))
PHASES = {"examples,coverage,fuzzing": 0.75, "stateful": 0.25}  # with their shares of the time


def main() -> int:
    options = parsed()
    if len(options.roles) > 1:
        return side_by_side(options.roles)
    (role,) = options.roles
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="colophon-fuzz-")))
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="colophon-fuzz-logs-")))
        os.environ[suite_logs.FOLDER] = str(logs)
        with service(folder) as address:
            is_found = has_findings(address, role, options, folder)
        leaked = list(suite_logs.secrets_found())
    print("\n".join(["Something was found." if is_found else "Nothing was found.", *leaked]))
    return 1 if is_found or leaked else 0


def side_by_side(roles: list[str]) -> int:
    """Each role with a service of its own: none sees what another one changes."""
    with ExitStack() as stack:
        outputs = {role: stack.enter_context(tempfile.TemporaryFile("w+")) for role in roles}
        command = [sys.executable, "-m", "tests.security.fuzz", *sys.argv[1:]]
        started = {role: Popen([*command, "--roles", role], stdout=outputs[role], stderr=STDOUT) for role in roles}
        for role, process in started.items():
            process.wait()
            outputs[role].seek(0)
            print(f"===== as {role}", outputs[role].read(), sep="\n", flush=True)
    found = [role for role, process in started.items() if process.returncode]
    print(f"Found something as {', '.join(found)}." if found else "Nothing was found.")
    return 1 if found else 0


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=300, help="for each operation and role (default 300)")
    parser.add_argument("--minutes", type=float, default=9, help="0 for as long as it takes (default 9)")
    parser.add_argument("--roles", nargs="+", choices=ROLES, default=ROLES)
    parser.add_argument("--seed", type=int, help="with --minutes 0: the same cases again")
    return parser.parse_args()


@contextmanager
def service(folder: Path) -> Iterator[str]:
    """The service on a database of its own, with a shop and an Open Library of ours beside it, and some books."""
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
        started = stack.enter_context(running("serve", folder, **environment))
        started.line_with("Colophon serves on")
        use(environment["DATABASE_URL"])
        yield started.address


def use(url: str) -> None:
    """From here on this process too reads and writes the service's database."""
    connections.settings["default"].update(environ.Env.db_url_config(url))
    connections["default"].close()
    del connections["default"]


def has_findings(address: str, role: str, options: argparse.Namespace, folder: Path) -> bool:
    with signed_in(role, folder) as environment:
        statuses = [run(address, phases, options, {**os.environ, **environment}) for phases in PHASES]
    return any(statuses)


def run(address: str, phases: str, options: argparse.Namespace, environment: dict[str, str]) -> int:
    print(f"== {phases}", flush=True)
    command = [
        SCHEMATHESIS, "--config-file", "schemathesis.toml", "run", f"{address}api/schema", "--checks", "all",
        "--phases", phases, "--max-examples", str(options.cases), "--continue-on-failure", "--no-color",
        "--generation-database", "none", "--warnings", "off",
        "--generation-with-security-parameters", "false",  # else most of what it asks is refused for a made-up token
    ]  # fmt: skip
    if options.minutes:
        command += ["--max-time", str(int(options.minutes * 60 * PHASES[phases]))]
    if options.seed is not None:
        command += ["--seed", str(options.seed)]
    return subprocess.run(command, env=environment, check=False).returncode


@contextmanager
def signed_in(role: str, folder: Path) -> Iterator[dict[str, str]]:
    if role == "nobody":
        yield {}
        return
    user = User.objects.create_user(f"{role}@example.org", name=role, is_staff=role == "staff")
    file, over = folder / f"{role}.token", threading.Event()
    write_token(user, file)
    with ThreadPoolExecutor(1) as threads:
        writer = threads.submit(keep_fresh, user, file, over)
        try:
            yield {"FUZZ_TOKEN": str(file), "SCHEMATHESIS_HOOKS": "tests.security.fuzz.hooks"}
        finally:
            over.set()
    writer.result()  # raises what ended it: without a token all that follows is refused


def keep_fresh(user: User, file: Path, over: threading.Event) -> None:
    """Some of what is asked ends the token."""
    while not over.wait(1):
        write_token(User.objects.get(pk=user.pk), file)


def write_token(user: User, file: Path) -> None:
    fresh = file.with_suffix(".fresh")
    fresh.write_text(Token.objects.create(user=user)[1], encoding="ascii")
    fresh.rename(file)
