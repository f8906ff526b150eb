"""The password hasher."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane: OWASP's first recommendation.

    Django's default needs 100 MiB per hash, so a few simultaneous sign-ins would exhaust a small machine.
    """

    memory_cost = 19_456  # KiB
    time_cost = 2
    parallelism = 1
