import ipaddress

import pytest
from facegate_addons.domain.networks import Networks, plain
from hypothesis import given
from hypothesis import strategies as st

NETWORKS = Networks(
    {
        "0.0.0.0/0": "all",
        "10.0.0.0/8": "ten",
        "10.1.0.0/16": "ten-one",
        "10.1.2.3": "one",
        "::ffff:192.0.2.0/120": "mapped",
        "2001:db8::/32": "six",
        "2001:db8:1::/48": "six-one",
    }
)


@pytest.mark.parametrize(
    ("address", "job"),
    [
        ("10.1.2.3", "one"),
        ("10.1.2.4", "ten-one"),
        ("::ffff:10.1.2.4", "ten-one"),
        ("10.2.0.1", "ten"),
        ("11.0.0.1", "all"),
        ("192.0.2.77", "mapped"),
        ("2001:db8:1::1", "six-one"),
        ("2001:db8:2::1%eth0", "six"),
        ("fe80::1", None),
        ("", None),
        ("crawler.example", None),
    ],
)
def test_the_longest_prefix_wins(address, job):
    assert NETWORKS.job_of(address) == job


def test_none_is_nobody():
    assert Networks().job_of("10.0.0.1") is None


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"10.0.0.5/24": "a"}, "write 10.0.0.0/24"),
        ({"10.0.0.0/33": "a"}, 'like "10.0.0.0/24"'),
        ({"crawler.example": "a"}, 'like "10.0.0.0/24"'),
        ({"10.0.0.0/24": "a", "::ffff:10.0.0.0/120": "b"}, "twice"),
        ({"10.0.0.1": "a", "10.0.0.1/32": "a"}, "twice"),
    ],
)
def test_what_is_no_network(table, says):
    with pytest.raises(ValueError, match=says):
        Networks(table)


@given(st.dictionaries(st.ip_addresses(v=4), st.integers(0, 32), min_size=1), st.ip_addresses(v=4))
def test_it_is_what_a_look_at_each_would_find(prefixes, address):
    networks = {ipaddress.ip_network((a, length), strict=False) for a, length in prefixes.items()}
    holding = [network for network in networks if address in network]
    expected = str(max(holding, key=lambda network: network.prefixlen)) if holding else None
    assert Networks({str(network): str(network) for network in networks}).job_of(str(address)) == expected


@given(st.ip_addresses(v=4))
def test_mapped_addresses_are_what_they_map(address):
    assert plain(f"::ffff:{address}") == plain(str(address)) == address
