"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id at 19 MiB, two passes, one lane: OWASP's first choice.

    Django's default takes 100 MiB a hash: a handful of sign-ins at once would fill a small machine.
    """

    memory_cost = 19_456  # KiB
    time_cost = 2
    parallelism = 1
