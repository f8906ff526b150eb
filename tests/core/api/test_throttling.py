"""The identity of an address for rate limits."""

import pytest

from core.api.throttling import get_network


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:5678", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("[::ffff:192.0.2.1]:5678", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:0:ffff::9", "2001:db8::/64"),
        ("[2001:db8::1]:5678", "2001:db8::/64"),
    ],
)
def test_ipv6_addresses_are_counted_by_network(address: str, network: str) -> None:
    assert get_network(address) == network


@pytest.mark.parametrize("address", ["made up", "1", "", None])
def test_unreadable_addresses_share_one_identity(address: str | None) -> None:
    assert get_network(address) == "unreadable"
