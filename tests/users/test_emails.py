"""Which e-mail addresses are the same, which are accepted, and accounts of earlier versions that share one."""

import importlib
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tests.support.factories import make_user
from users import checks
from users.emails import make_email_key, validate_new_email
from users.models import User

SAME = [
    ("ann@example.org", ["ANN@EXAMPLE.ORG", "ann@ｅxample.org", "ann@example。org", "ann@exa\u00admple.org"]),
    ("ann@example.org", ['"ann"@example.org', '"a\\nn"@example.org', " ann@example.org "]),
    ("kim@bücher.example", ["kim@BÜCHER.example", "kim@bu\u0308cher.example", "kim@XN--BCHER-KVA.example"]),
    ("kim@straße.example", ["kim@STRASSE.example", "kim@STRAẞE.example", "kim@xn--strae-oqa.example"]),
    ("ikks@example.org", ["İKKS@example.org", "ıkks@example.org", "i\u212aks@example.org", "IK\u212aſ@example.org"]),
    ("nobody", ["NOBODY", " nobody "]),
]  # fmt: skip


@pytest.mark.parametrize(("address", "spellings"), SAME)
def test_spellings_of_an_address_have_one_key(address: str, spellings: list[str]) -> None:
    assert {make_email_key(spelling) for spelling in spellings} == {make_email_key(address)}


def test_other_addresses_have_other_keys() -> None:
    addresses = [
        "ann@example.org", "ann.@example.org", "a.nn@example.org", "ann+1@example.org", "ann@example.com",
        "ann@exämple.org", "ann@ışık.example", "ann@isik.example", "", "ann", "ann@", "@example.org", "ann@☃.example",
    ]  # fmt: skip
    assert len({make_email_key(address) for address in addresses}) == len(addresses)


@pytest.mark.parametrize(
    "address",
    ["\u212aim@example.org", "İan@example.org", "ıan@example.org", "annſ@example.org", '"\x01"@example.org',
     "ann@exa　mple.org", "ann@exa＠mple.org", "ann@☃.example",
     "ann@xn--bcher-3ya.example", "ann@xn--a.example", f"ann@{'ü' * 60}.example"],
)  # fmt: skip
def test_addresses_that_no_mailbox_has_are_rejected(address: str) -> None:
    with pytest.raises(ValidationError):
        validate_new_email(address)


@pytest.mark.parametrize(
    "address", ["a+b@example.org", '"a b"@example.org', "kim@BÜCHER.example", "a@ab--c.example", "a@[::1]"]
)
def test_valid_addresses_are_accepted(address: str) -> None:
    validate_new_email(address)


@pytest.fixture
def shared_address(db: None) -> list[int]:
    """Two accounts that share an address, as an earlier version could create them on SQLite. Returns their ids."""
    ann, ben = make_user(email="ian@mail.test"), make_user(email="ben@mail.test")
    User.objects.filter(pk=ben.pk).update(email="İan@mail.test")
    return [ann.pk, ben.pk]


def test_the_check_names_accounts_that_share_an_address(
    shared_address: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "UNIQUE_SINCE", ("users", "not applied yet"))

    (error,) = checks.check_email_addresses(None, databases=["default"])

    first, second = shared_address
    assert f"account {first} ian@mail.test" in error.msg
    assert f"account {second} İan@mail.test ('\\u0130an@mail.test')" in error.msg
    assert error.hint is not None
    assert "manage.py change_email" in error.hint


@pytest.mark.django_db
def test_the_check_is_silent_without_the_table_and_with_unique_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    make_user()
    assert checks.check_email_addresses(None, databases=["default"]) == []

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda recorder: {})
    assert checks.check_email_addresses(None, databases=["default"]) == []


def test_the_migration_stops_before_it_changes_accounts(shared_address: list[int]) -> None:
    migration = importlib.import_module("users.migrations.0008_check_emails")
    before = list(User.objects.values())

    with pytest.raises(CommandError, match=f"account {shared_address[1]} "):
        migration.refuse_shared_addresses(apps, SimpleNamespace(connection=connection))
    assert list(User.objects.values()) == before


def test_change_email_separates_the_accounts(shared_address: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("change_email", str(shared_address[1]), "ben@bücher.test")

    user = User.objects.get(pk=shared_address[1])
    assert (user.email, user.email_key) == ("ben@bücher.test", "ben@xn--bcher-kva.test")
    assert "now has the address" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("account", "address", "message"),
    [(0, "IAN@mail.test", "has the address ian@mail.test already"), (1, "\u212aim@mail.test", "ASCII"),
     (1, "kim", "valid"), (99, "kim@mail.test", "no account 99")],
)  # fmt: skip
def test_change_email_explains_what_is_wrong(
    shared_address: list[int], account: int, address: str, message: str
) -> None:
    pk = account if account > 1 else shared_address[1]

    with pytest.raises(CommandError, match=message):
        call_command("change_email", str(pk), address)
    assert User.objects.get(pk=shared_address[1]).email == "İan@mail.test"
