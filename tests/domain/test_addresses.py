import pytest
from facegate_addons.domain.addresses import Egress, Only
from facegate_addons.domain.reasons import Reason

PORTS = (range(80, 81), range(443, 444), range(1024, 65536))
CLOSED = Egress(False, PORTS, frozenset({8080, 8081}))
OPEN = Egress(True, PORTS, frozenset({8080, 8081}))
PUBLIC = "93.184.215.14"


def nowhere(_address: str) -> bool:
    return False


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700::1111", f"::ffff:{PUBLIC}"])
def test_public_addresses_may_be_reached(address):
    assert CLOSED.judge(address, 443, nowhere) is None


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "::1",
        "fd12::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",  # 6to4 of 127.0.0.1
        "64:ff9b::a00:1",  # NAT64 of 10.0.0.1
        "198.18.0.1",
        "240.0.0.1",
        "no address",
    ],
)
def test_private_addresses_only_where_they_are_allowed(address):
    assert CLOSED.judge(address, 443, nowhere) is Reason.ADDRESS_REFUSED


@pytest.mark.parametrize("egress", [CLOSED, OPEN])
@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "100.100.100.200",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
    ],
)
def test_metadata_services_and_their_like_are_reached_by_nobody(egress, address):
    assert egress.judge(address, 80, nowhere) is Reason.ADDRESS_REFUSED


def test_the_gateway_is_not_reached_through_itself():
    assert OPEN.judge("127.0.0.1", 8081, nowhere) is Reason.ADDRESS_REFUSED
    assert OPEN.judge(PUBLIC, 8081, lambda address: address == PUBLIC) is Reason.ADDRESS_REFUSED
    assert OPEN.judge(PUBLIC, 8081, nowhere) is None
    assert OPEN.judge("127.0.0.1", 9000, nowhere) is None


def test_the_machines_own_public_address_counts_as_private():
    assert CLOSED.judge(PUBLIC, 443, lambda address: address == PUBLIC) is Reason.ADDRESS_REFUSED


@pytest.mark.parametrize("port", [0, 22, 25, 53, 81, 65536])
def test_ports_outside_the_list_are_refused(port):
    assert CLOSED.judge(PUBLIC, port, nowhere) is Reason.PORT_REFUSED


@pytest.mark.parametrize(
    ("address", "port", "why"),
    [
        ("127.0.0.1", 8000, None),
        ("127.0.0.1", 8001, Reason.PORT_REFUSED),
        ("127.0.0.2", 8000, Reason.ADDRESS_REFUSED),
        ("::ffff:127.0.0.1", 8000, Reason.ADDRESS_REFUSED),
        (PUBLIC, 8000, Reason.ADDRESS_REFUSED),
        ("169.254.169.254", 8000, Reason.ADDRESS_REFUSED),
        ("no address", 8000, Reason.ADDRESS_REFUSED),
    ],
)
def test_only_one_place_is_one_place(address, port, why):
    assert Only.at("127.0.0.1", 8000).judge(address, port, nowhere) is why


def here(address: str) -> bool:
    return address in ("192.168.1.5", "127.0.0.1", "::1")


@pytest.mark.parametrize(
    ("service", "asked", "refused"),
    [
        ("10.0.0.9", "10.0.0.9", True),
        ("10.0.0.9", "::ffff:10.0.0.9", True),
        ("10.0.0.9", "10.0.0.8", False),
        ("127.0.0.1", "127.0.0.2", True),
        ("127.0.0.1", "192.168.1.5", True),  # it may listen on all of them
        ("192.168.1.5", "127.0.0.1", True),
        ("127.0.0.1", "192.168.1.6", False),
    ],
)
def test_what_the_gateway_goes_to_for_itself_is_reached_by_nobody(service: str, asked: str, refused: bool) -> None:
    egress = Egress(True, PORTS, services=frozenset({(service, 6379)}))
    assert egress.judge(asked, 6379, here) is (Reason.ADDRESS_REFUSED if refused else None)
    assert egress.judge(asked, 6380, here) is None


def test_where_it_is_not_known_what_the_gateway_goes_to_nobody_reaches_its_port() -> None:
    egress = Egress(True, PORTS, services=frozenset({("", 6379), ("10.0.0.9", 6380)}))
    assert egress.judge(PUBLIC, 6379, here) is Reason.PORT_REFUSED
    assert egress.judge("10.0.0.9", 6380, here) is Reason.ADDRESS_REFUSED
    assert egress.judge("10.0.0.8", 6380, here) is None
