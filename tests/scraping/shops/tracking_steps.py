"""Tracks and reads pages."""

import pytest

from books.models import Book
from scraping.models import ShopPage, TrackedPage
from scraping.shops.page_fetching import open_shop
from scraping.shops.reading import read_again
from scraping.shops.rejections import Rejected
from scraping.shops.tracking import track
from users.models import User


def reject(user: User, url: str) -> Rejected:
    with pytest.raises(Rejected) as caught:
        track(user_id=user.pk, url=url)
    assert not TrackedPage.objects.exists()
    assert not Book.objects.exists()
    return caught.value


def read(page: ShopPage) -> ShopPage:
    page = ShopPage.objects.select_related("shop", "book").get(pk=page.pk)
    with open_shop(page.shop, max_wait=5) as fetcher:
        read_again(page, fetcher)
    return ShopPage.objects.get(pk=page.pk)
