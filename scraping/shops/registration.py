"""Creates and changes shops. Used by the admin and by the API."""

import re

from django.core.exceptions import ValidationError
from django.db import transaction

from books.models import Source
from books.sources import BUILT_IN, register_source
from scraping.models import Shop
from scraping.origin import normalize_host
from scraping.shops.works import apply_options

HOST = re.compile(r"([a-z0-9_-]+\.)*[a-z0-9_-]+(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?", re.ASCII)
HOST_IS_FIXED = "The host cannot be changed, because it is part of the identity of the shop's pages. Add another shop."


def clean_host(text: str) -> str:
    """The host of an address or of a name such as www.shop.example. Raises ValidationError."""
    text = text.strip()
    try:
        host = normalize_host(text if "://" in text else f"https://{text}/")
    except (ValueError, UnicodeError):
        host = ""
    if not HOST.fullmatch(host):
        raise ValidationError("Enter a host such as shop.example.", code="invalid")
    return host


def check_slug(slug: str) -> None:
    """Raises ValidationError if another shop or another kind of source has this name."""
    if slug in BUILT_IN or Shop.objects.filter(pk=slug).exists():
        raise ValidationError("Another source has this name. Choose another one.", code="unique")


@transaction.atomic
def save_shop(shop: Shop, *, label: str) -> Shop:
    """Stores the shop with its label. Raises ValidationError for invalid values, by field."""
    register_source(name=shop.source_id, label=label, is_shop=True)
    shop.source = Source.objects.get(pk=shop.source_id)
    shop.full_clean()
    kept_descriptions = Shop.objects.filter(pk=shop.pk, keep_descriptions=True).exists()
    shop.save()
    apply_options(shop, kept_descriptions=kept_descriptions)
    return shop
