"""E-mail addresses: which are accepted, and the key by which two of them are the same."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from unicodedata import normalize

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models

ESCAPED_CHARACTER = re.compile(r"\\(.)")
SIMILAR_TO_I = {ord("\u0307"): "", ord("ı"): "i"}  # `İ` folds to i and U+0307, a combining dot
SHARED = "Accounts share an e-mail address, which must belong to one of them"
REMEDY = "Leave the address to one of them, and give each other one another: manage.py change_email ACCOUNT ADDRESS"

Account = tuple[int, str]  # primary key and e-mail address


def make_email_key(address: str) -> str:
    """Returns the form in which addresses are compared, equal on every database.

    Unicode forms (NFKC) and case are ignored, and a domain is equal to its Punycode. In the local part, its quoted form
    is ignored too, and the four letters that a pattern without case matches as i, k or s (`İ`, `ı`, U+212A, `ſ`) are
    equal to those. Text that is no address is only folded.
    """
    local_part, _, domain = address.strip().rpartition("@")
    return f"{fold_local_part(local_part)}@{fold_domain(domain)}"


def fold_local_part(local_part: str) -> str:
    if len(local_part) > 1 and local_part[0] == local_part[-1] == '"':
        local_part = ESCAPED_CHARACTER.sub(r"\1", local_part[1:-1])
    return fold_case(local_part).translate(SIMILAR_TO_I)


def fold_domain(domain: str) -> str:
    try:
        return to_ascii(domain)
    except UnicodeError:
        return fold_case(domain)


def to_ascii(domain: str) -> str:
    """The domain in Punycode. Raises UnicodeError if a label cannot be encoded."""
    labels = fold_case(domain).replace("。", ".").split(".")  # IDNA treats the ideographic full stop as a dot
    return ".".join(label_to_ascii(label) for label in labels)


def label_to_ascii(label: str) -> str:
    if label.startswith("xn--"):
        label = fold_case(idna.decode(label))
    return label if label.isascii() else idna.encode(label, uts46=True).decode()


def fold_case(text: str) -> str:
    # NFKC a second time, because case folding can decompose letters.
    return text.casefold() if text.isascii() else normalize("NFKC", normalize("NFKC", text).casefold())


def validate_new_email(address: str) -> None:
    """Rejects addresses that Django's validator accepts, although no mailbox has them or they look like another one.

    Django's pattern ignores case, so A to Z match four letters outside ASCII as well.
    """
    local_part, at, domain = address.rpartition("@")
    if not at:
        return  # Django's validator rejects it
    if not (local_part.isascii() and local_part.isprintable()):
        raise ValidationError("Use only ASCII letters, digits and punctuation before the @.", code="invalid")
    try:
        validate_email(f"x@{to_ascii(domain)}")
    except (UnicodeError, ValidationError) as error:
        raise ValidationError("The part after the @ is not a valid domain name.", code="invalid") from error


class EmailKeyField(models.TextField[str, str]):
    """Stores the key of the field `email`. It is set when the row is saved or created in bulk."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "editable": False})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"]
        return name, path, list(args), dict(kwargs)

    def pre_save(self, model_instance: Any, add: bool) -> str:  # noqa: FBT001  Django's
        key = make_email_key(model_instance.email)
        setattr(model_instance, self.attname, key)
        return key


def find_shared_addresses(accounts: Iterable[Account]) -> list[list[Account]]:
    """Groups the accounts that have the same key."""
    groups: dict[str, list[Account]] = defaultdict(list)
    for account in accounts:
        groups[make_email_key(account[1])].append(account)
    return [group for group in groups.values() if len(group) > 1]


def name_accounts(group: list[Account]) -> str:
    """Addresses that look alike differ in their escaped form."""
    return ", ".join(f"account {pk} {address} ({address!a})" for pk, address in group)
