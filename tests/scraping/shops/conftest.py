"""Three shops with different markup on loopback ports, and their rows."""

from collections.abc import Iterator

import pytest

from tests.fakes.shop.server import serving
from tests.fakes.structured_shop.app import StructuredShop, make_products
from tests.fakes.structured_shop.markup import render_graph, render_json_ld, render_microdata
from tests.support.factories import make_user
from tests.support.shops import OpenShop, create_shop
from users.models import User

RENDERERS = {"json_ld": render_json_ld, "microdata": render_microdata, "graph": render_graph}


def open_shop_of(markup: str) -> Iterator[OpenShop]:
    server = StructuredShop(render=RENDERERS[markup], products=make_products(12))
    with serving(server) as address:
        yield OpenShop(server, create_shop(markup, address, delay=0.01), address.rstrip("/"))


@pytest.fixture
def shop() -> Iterator[OpenShop]:
    yield from open_shop_of("json_ld")


@pytest.fixture(params=sorted(RENDERERS))
def any_shop(request: pytest.FixtureRequest) -> Iterator[OpenShop]:
    """Each of the three shops in turn."""
    yield from open_shop_of(request.param)


@pytest.fixture
def user() -> User:
    return make_user()
