"""The addresses, delays and credentials of shops in the environment."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import shops


def read_addresses() -> dict[str, str]:
    return shops.addresses(default_site="first", variable="SHOP_URL", other_sites="SHOP_URLS")


def read_delays() -> dict[str, float]:
    return shops.delays(default_site="first", variable="SHOP_DELAY", other_sites="SHOP_DELAYS")


def test_nothing_is_set() -> None:
    assert (read_addresses(), read_delays(), shops.credentials("SHOP_USER", "SHOP_PASSWORD")) == ({}, {}, None)


def test_values_by_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_URL", "https://one.example/")
    monkeypatch.setenv("SHOP_URLS", "second=http://two.example/?a=b , third=http://three.example/")
    monkeypatch.setenv("SHOP_DELAY", "0.5")
    monkeypatch.setenv("SHOP_DELAYS", "second=2")

    assert read_addresses() == {
        "first": "https://one.example/", "second": "http://two.example/?a=b", "third": "http://three.example/",
    }  # fmt: skip
    assert read_delays() == {"first": 0.5, "second": 2.0}


@pytest.mark.parametrize(
    "url", ["http://analyst:s3cret@shop.example/", "https://analyst@shop.example/", "http://:x@shop/"]
)
@pytest.mark.parametrize("variable", ["SHOP_URL", "SHOP_URLS"])
def test_user_information_is_refused(monkeypatch: pytest.MonkeyPatch, variable: str, url: str) -> None:
    monkeypatch.setenv(variable, url if variable == "SHOP_URL" else f"second={url}")

    with pytest.raises(ImproperlyConfigured, match=f"{variable} must not .* in SHOP_USER and SHOP_PASSWORD") as caught:
        read_addresses()

    assert "s3cret" not in str(caught.value)
    assert "analyst" not in str(caught.value)


@pytest.mark.parametrize("value", ["second", "second=", "second=shop.example", "second=ftp://shop/"])
def test_invalid_addresses(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SHOP_URLS", value)

    with pytest.raises(ImproperlyConfigured, match="SHOP_URLS must list pairs such as shop=https://shop"):
        read_addresses()


@pytest.mark.parametrize("value", ["second=fast", "second=-1", "second=nan", "0.5"])
def test_invalid_delays(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SHOP_DELAYS", value)

    with pytest.raises(ImproperlyConfigured, match="SHOP_DELAYS must list pairs"):
        read_delays()


def test_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "s3cret:x")
    with pytest.raises(ImproperlyConfigured, match="SHOP_USER must be a user name"):
        shops.credentials("SHOP_USER", "SHOP_PASSWORD")

    monkeypatch.setenv("SHOP_USER", "analyst")
    assert shops.credentials("SHOP_USER", "SHOP_PASSWORD") == ("analyst", "s3cret:x")
