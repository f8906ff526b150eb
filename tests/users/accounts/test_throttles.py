"""Whose attempts are counted together."""

import pytest

from users.accounts.throttles import network_of


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
        ("made up", "unreadable"),
        ("1", "unreadable"),
        ("", "unreadable"),
        (None, "unreadable"),
    ],
)
def test_an_address_is_counted_with_its_network_s(address: str | None, network: str) -> None:
    assert network_of(address) == network
