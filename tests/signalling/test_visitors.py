"""From which network a guest comes: what our own proxy says, not what they say themselves."""

import pytest

from rooms.signalling.visitors import _network


def scope(*, forwarded: str = "", peer: str = "10.0.0.1") -> dict:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    return {"headers": headers, "client": (peer, 1)}


def test_without_a_proxy_the_peer_counts_and_no_header() -> None:
    assert _network(scope(forwarded="198.51.100.7", peer="192.0.2.1")) == "192.0.2.1"


@pytest.mark.parametrize("prefix", ["", "198.51.100.77, ", "198.51.100.77, " * 60, "x" * 600 + ", "])
def test_behind_a_proxy_what_it_wrote_counts_however_much_stands_before(settings, prefix: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert _network(scope(forwarded=prefix + "203.0.113.9")) == "203.0.113.9"


def test_one_household_of_ipv6_is_one_network() -> None:
    assert _network(scope(peer="2001:db8:1:2:3:4:5:6")) == _network(scope(peer="2001:db8:1:2::9"))
    assert _network(scope(peer="::ffff:192.0.2.1")) == "192.0.2.1"
