"""Recognises pages that ask for a proof that a person sent the request. Pure."""

import re
from collections.abc import Mapping

# Headers that name a challenge, by lower-case name.
HEADERS = {"cf-mitigated": {"challenge"}, "x-amzn-waf-action": {"captcha", "challenge"}, "x-datadome": {"protected"}}
# Parts of the pages of widely used services. None is specific to one shop.
MARKS = re.compile(
    r"/cdn-cgi/challenge-platform/|\b(?:cf-challenge|px-captcha|g-recaptcha|h-captcha|cf-turnstile)\b"
    r"|captcha-delivery\.com|_Incapsula_Resource|awsWafCookieDomainList|/_sec/cp_challenge/|validateCaptcha",
)
MAX_LENGTH = 64 * 1024  # characters of a page that are examined


def names_challenge(headers: Mapping[str, str]) -> bool:
    """Whether a header of the response states that it is a challenge."""
    stated = {name.lower(): value.strip().lower() for name, value in headers.items()}
    return any(stated.get(name) in values for name, values in HEADERS.items())


def contains_challenge(html: str) -> bool:
    """Whether the page contains the mark of a challenge.

    Forms of ordinary pages contain the same marks, so that this means something only if the page shows no product.
    """
    return bool(MARKS.search(html, 0, MAX_LENGTH))
