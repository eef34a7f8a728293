"""A transparent gateway on a router, between a crawler and an origin that know nothing of it.

In network namespaces (live/site.py), so these tests are chosen for root on Linux, and for CI always (live/conftest.py):
there they fail where namespaces are not to be had. Packets are brought to the gateway by a policy route, which needs no
netfilter: the accepted socket's own address is then where the crawler wanted to go.
"""

import sys
from collections.abc import Callable, Iterator

import pytest
from live.gateways import Gateway
from live.processes import eventually
from live.site import ORIGIN, PORT, TEXT, Site
from live.withheld import assert_quiet, assert_without

pytestmark = pytest.mark.namespaces


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, face_jpeg: bytes) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("transparent")
    config = '[listen]\nmode = "transparent"\n[identity]\nrequired = false\n[egress]\nprivate = true\n'
    with Site(folder, face_jpeg) as site:
        site.router.configure("rule add iif in1 lookup 100", "route add local default dev lo table 100")
        site.crawler.configure("route add default via 10.1.0.1")
        with site.gateway(config, int(PORT)) as site.running:
            yield site
    assert_quiet(site.running.stderr(), face_jpeg)


def test_the_crawler_gets_what_it_asked_for(site: Site) -> None:
    assert site.get("/text") == (200, TEXT, "")


def test_faces_are_withheld(site: Site, face_jpeg: bytes) -> None:
    status, body, reason = site.get("/face")
    assert (status, reason) == (451, "faces")
    assert_without(body, face_jpeg)


def test_a_host_that_lies_changes_nothing_about_the_address(site: Site) -> None:
    """The connection goes where the crawler connected to, whatever its request says."""
    assert site.get("/text", "-H", "Host: elsewhere.example")[:2] == (200, TEXT)
    assert site.get("/text", "-H", "Host: 169.254.169.254")[:2] == (200, TEXT)


@pytest.mark.parametrize(
    ("to", "reason"),
    [("10.1.0.1:8080", "address-refused"), ("169.254.169.254:8080", "address-refused")],
)
def test_addresses_are_judged(site: Site, to: str, reason: str) -> None:
    """The gateway itself is one of them: who connects to it directly wanted to go to it."""
    assert site.get("/text", to=to)[::2] == (403, reason)


def test_an_origin_that_is_not_there(site: Site) -> None:
    assert site.get("/text", to="203.0.113.1:8080")[2] in ("origin-unreachable", "address-refused")


def test_another_protocol_is_not_relayed(site: Site) -> None:
    code = f"import socket; s = socket.create_connection(('{ORIGIN}', {PORT})); s.sendall(bytes(64)); s.shutdown(1); "
    code += "print(s.recv(99))"
    assert b"203.0.113" not in site.crawler.run(sys.executable, "-c", code)
    assert site.get("/text")[0] == 200


def test_credentials_are_asked_of_nobody(site: Site) -> None:
    """A 407 would be for the origin's crawler, who knows of no proxy: without sources it is `untargeted`."""
    assert site.get("/text")[0] == 200
    file = site.running.home / "ledger" / "gateway-0.jsonl"
    eventually(lambda: '"job":"untargeted"' in file.read_text(), 5, "it is in the ledger")


def test_the_start_says_what_is_missing(start_gateway: Callable[..., Gateway]) -> None:
    with pytest.raises(AssertionError, match=r"set identity\.sources, or identity\.required"):
        start_gateway('[listen]\nmode = "transparent"\n').__enter__()
