"""Writes a user's library to standard output."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from users.library.export_views import EXPORTS
from users.models import User


class Command(BaseCommand):
    help = "Writes the library of a user to standard output, as JSON or as CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True, metavar="E-MAIL", help="Whose library it is.")
        parser.add_argument("--format", choices=list(EXPORTS), default="json", help="JSON is lossless.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["user"]).first()
        if user is None:
            raise CommandError(f"No user has the e-mail address {options['user']}.")
        _, write = EXPORTS[options["format"]]
        for part in write(user):
            self.stdout.write(part, ending="")
