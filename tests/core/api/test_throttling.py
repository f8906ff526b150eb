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
        ("made up", "unreadable"),
        ("1", "unreadable"),
        ("", "unreadable"),
        (None, "unreadable"),
    ],
)
def test_ipv6_addresses_count_for_their_network(address: str | None, network: str) -> None:
    assert get_network(address) == network
