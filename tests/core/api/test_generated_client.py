"""A client that openapi-python-client generates from schema.yaml works with a running service."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.server import serving
from tests.support.installation import ROOT, Installation
from tests.support.service_process import run_service

GENERATOR = str(Path(sys.executable).with_name("openapi-python-client"))
PACKAGE = "colophon_client"
PASSWORD = "correct horse battery"


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the package. Generating fails if the generator leaves an operation or a model out."""
    config = tmp_path / "generator.yaml"
    config.write_text("post_hooks: []\n", encoding="ascii")
    folder = tmp_path / "generated" / PACKAGE
    folder.parent.mkdir()
    command = [GENERATOR, "generate", "--path", str(ROOT / "schema.yaml"), "--output-path", str(folder), "--meta",
               "none", "--config", str(config), "--fail-on-warning"]  # fmt: skip
    completed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert "WARNING" not in completed.stdout.upper() + completed.stderr.upper()
    monkeypatch.syspath_prepend(folder.parent)
    return folder


@pytest.fixture
def operations(generated: Path) -> Iterator["Operations"]:
    with ExitStack() as clients:
        yield Operations(clients)
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


class Operations:
    """The modules of the generated package."""

    def __init__(self, clients: ExitStack) -> None:
        self.clients = clients
        self.models = importlib.import_module(f"{PACKAGE}.models")

    def __getitem__(self, path: str) -> ModuleType:
        return importlib.import_module(f"{PACKAGE}.api.{path}")

    def connect(self, address: str, token: str | None = None) -> Any:
        client: Any = importlib.import_module(f"{PACKAGE}.client")
        if token is None:
            return self.clients.enter_context(client.Client(base_url=address))
        return self.clients.enter_context(client.AuthenticatedClient(base_url=address, token=token))

    def call(self, path: str, *arguments: Any, **options: Any) -> Any:
        """Calls an operation; returns the parsed response. Fails for a problem document."""
        response = self[path].sync_detailed(*arguments, **options)
        assert response.status_code < 300, response.content
        return response.parsed


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("service")
    with Installation.create(folder) as installed, serving(OpenLibrary()) as open_library:
        environment = {
            "DATABASE_URL": installed.environment["DATABASE_URL"],
            "OPENLIBRARY_URL": open_library,
            "CONTACT": "tests@example.org",
        }
        with run_service("serve", folder, **environment) as service:
            service.wait_for_line("Colophon serves on")
            yield service.address.rstrip("/")


def test_every_operation_is_generated(generated: Path) -> None:
    modules = {path.stem for path in generated.glob("api/*/*.py")} - {"__init__"}
    operation_ids = {
        line.split()[1] for line in (ROOT / "schema.yaml").read_text().splitlines() if "operationId: " in line
    }

    assert modules == operation_ids


@pytest.mark.slow
def test_a_reader_registers_searches_saves_and_leaves(operations: Operations, address: str) -> None:
    call, models = operations.call, operations.models
    anonymous = operations.connect(address)
    registration = models.RegistrationRequest(name="Ann", email="ann@example.org", age=28, password=PASSWORD)
    user = call("users.users_create", client=anonymous, body=registration)
    login = models.LoginRequest(email="ann@example.org", password=PASSWORD)
    session = call("auth.auth_login_create", client=anonymous, body=login)
    ann = operations.connect(address, session.token)
    found = call("search.search_retrieve", client=ann, q="war and peace")
    request = models.SaveRequest(work_key=found.results[0].work_key, status=models.ReadingStatus.READING, rating=4.5)
    entry = call("library.library_create", client=ann, body=request)
    change = models.PatchedLibraryEntryChangeRequest(status=models.ReadingStatus.READ, rating="5", notes="Long.")
    changed = call("library.library_partial_update", entry.id, client=ann, body=change)
    saved = call("library.library_list", client=ann, status=models.ReadingStatus.READ, rating=5.0)
    call("library.library_destroy", entry.id, client=ann)
    call("users.users_me_destroy", client=ann, body=models.AccountDeletionRequest(password=PASSWORD))

    assert (user.id, session.user.name, found.results[0].title) == (session.user.id, "Ann", "War and Peace")
    assert (entry.status, entry.rating, entry.book.title) == ("reading", "4.5", "War and Peace")
    assert (changed.status, changed.rating, changed.notes) == ("read", "5.0", "Long.")
    assert [each.id for each in saved.results] == [entry.id]
    after = operations["users.users_me_retrieve"].sync(client=ann)
    assert isinstance(after, models.Problem)
    assert after.status == 401


@pytest.mark.slow
def test_lists_are_sorted_and_complete(operations: Operations, address: str) -> None:
    """Generated clients repeat the parameter of a list, and send the defaults that a schema declares."""
    call, models = operations.call, operations.models
    anonymous = operations.connect(address)
    for number in range(12):
        registration = models.RegistrationRequest(name="Ann", email=f"ann{number}@example.org", age=28)
        call("users.users_create", client=anonymous, body=registration)
    for work_key in ("OL10W", "OL12W"):
        call("library.library_create", client=anonymous, body=models.SaveRequest(work_key=work_key))
    ordering = models.BooksListOrderingItem
    by_year_and_title = [ordering.FIRST_PUBLISH_YEAR_DESCENDING, ordering.TITLE_DESCENDING]
    books = call("books.books_list", client=anonymous, ordering=by_year_and_title)
    first = call("books.books_list", client=anonymous, cursor="", limit=1)

    assert len(call("users.users_list", client=anonymous)) == 12
    assert [book.title for book in books.results] == ["War and Peace", "Pippi"]
    assert (len(first.results), first.next_ is not None) == (1, True)
