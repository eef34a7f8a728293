"""WireGuard: keys and configurations at the start, what comes to its ports without the keys, and a tunnel.

The tunnel is between network namespaces (live/site.py) and ends in a TUN device, so its tests are chosen for root on
Linux, and for CI always (live/conftest.py): there they fail where namespaces are not to be had.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from live import wireguard
from live.gateways import Gateway
from live.site import ORIGIN, TEXT, Site
from live.withheld import assert_quiet, assert_without

WIREGUARD = '[listen]\nmode = "wireguard"\n'


def free_udp_ports(count: int) -> list[int]:
    with_ports = [socket.socket(type=socket.SOCK_DGRAM) for _ in range(count)]
    for sock in with_ports:
        sock.bind(("127.0.0.1", 0))
    ports = [sock.getsockname()[1] for sock in with_ports]
    for sock in with_ports:
        sock.close()
    return ports


@pytest.fixture(scope="module")
def gateway(start_gateway: Callable[..., Gateway], face_jpeg: bytes) -> Iterator[Gateway]:
    with start_gateway(WIREGUARD + "[identity]\nrequired = false\n", console=True) as gateway:
        yield gateway
    assert_quiet(gateway.stderr(), face_jpeg)


def test_one_peer_is_given_its_configuration(gateway: Gateway) -> None:
    port = urlsplit(gateway.proxy).port
    configuration = gateway.home / "wireguard" / "untargeted.conf"
    assert f"{configuration} (port {port}, for one peer)" in gateway.said
    text = configuration.read_text()
    assert f"Endpoint = 127.0.0.1:{port}\n" in text
    for path in (configuration.parent, *configuration.parent.iterdir()):
        assert path.stat().st_mode & 0o077 == 0
    keys = [line.partition(" = ")[2] for line in text.splitlines() if "Key" in line]
    assert not any(key in gateway.said + gateway.stderr() for key in keys)


def test_nothing_is_answered_to_strangers(gateway: Gateway) -> None:
    port = urlsplit(gateway.proxy).port
    assert port
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.5)
        for datagram in (b"", b"\x01", b"\x01\0\0\0" + os.urandom(144), b"\x04\0\0\0" + os.urandom(60), bytes(1400)):
            sock.sendto(datagram, ("127.0.0.1", port))
        with pytest.raises(TimeoutError):
            sock.recv(2048)
    with socket.socket() as sock:
        assert sock.connect_ex(("127.0.0.1", port)) != 0  # UDP alone
    assert gateway.stderr() == ""  # whoever reaches the port could fill a disk with lines


def test_peers_have_ports_keys_and_jobs_of_their_own(start_gateway: Callable[..., Gateway]) -> None:
    first, second = free_udp_ports(2)
    with start_gateway(f"{WIREGUARD}peers = {{ crawl-a = {first}, crawl-b = {second} }}\n") as gateway:
        for job, port in (("crawl-a", first), ("crawl-b", second)):
            assert f"{job}.conf (port {port}, for the job {job})" in gateway.said
        one, other = ((gateway.home / "wireguard" / f"{job}.keys").read_text() for job in ("crawl-a", "crawl-b"))
        assert one != other
        assert "untargeted" not in gateway.said.partition("a job")[2].partition("tunnel")[2]


def start(gateway: Gateway, *options: str) -> str:
    """The one line that a start ends with."""
    done = subprocess.run([*gateway._argv, *options], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


def test_a_start_that_cannot_be_is_one_line(start_gateway: Callable[..., Gateway]) -> None:
    assert "name the jobs of its peers" in start(start_gateway(WIREGUARD))
    no_identity = WIREGUARD + "[identity]\nrequired = false\n"
    assert "set listen.workers = 1, not 2" in start(start_gateway(no_identity), "--workers", "2")
    with socket.socket(type=socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert f"listen: 127.0.0.1:{port} is in use" in start(
            start_gateway(no_identity), "--listen", f"127.0.0.1:{port}"
        )
        peers = f"{WIREGUARD}peers = {{ crawl-a = {port} }}\n"
        assert f"listen.peers.crawl-a: 127.0.0.1:{port} is in use" in start(start_gateway(peers))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, face_jpeg: bytes) -> Iterator[Site]:
    """A crawler in a tunnel of the job `by-tunnel`; credentials are required, as on every address beyond loopback."""
    folder = tmp_path_factory.mktemp("tunnel")
    config = f"{WIREGUARD}peers = {{ by-tunnel = 51820 }}\n[egress]\nprivate = true\nports = ['1-65535']\n"
    with Site(folder, face_jpeg) as site, site.gateway(config, 51820) as site.running:
        configuration = site.running.home / "wireguard" / "by-tunnel.conf"
        command = (sys.executable, wireguard.__file__, str(configuration), "203.0.113.0/24", "10.1.0.1")
        peer = subprocess.Popen(site.crawler.within(*command), stdout=subprocess.PIPE)
        try:
            assert peer.stdout
            with peer.stdout as said:
                assert said.readline() == b"up\n"
            site.unknown = site.get("/text")
            file = site.running.home.with_name("by-tunnel.toml")
            file.write_text('id = "by-tunnel"\noperator = "acme"\npurpose = "texts"\n[scope]\nkind = "untargeted"\n')
            site.running.run("job", "register", str(file))
            until = time.monotonic() + 10
            while site.get("/text")[0] != 200 and time.monotonic() < until:
                pass  # registered jobs count within a second
            yield site
        finally:
            peer.kill()
            peer.wait()
    assert_quiet(site.running.stderr(), face_jpeg)


@pytest.mark.namespaces
def test_a_tunnel_is_a_job(site: Site, face_jpeg: bytes) -> None:
    """One that does not exist yet is nobody; once it does, its requests need no credentials."""
    assert site.unknown[::2] == (407, "bad-credentials")
    assert site.get("/text") == (200, TEXT, "")
    status, body, reason = site.get("/face")
    assert (status, reason) == (451, "faces")
    assert_without(body, face_jpeg)
    ledger = "".join(file.read_text() for file in (site.running.home / "ledger").glob("*.jsonl"))
    assert '"job":"by-tunnel"' in ledger.replace('": "', '":"')


@pytest.mark.namespaces
@pytest.mark.parametrize("port", [53, 443, 8080])
def test_datagrams_do_not_leave_the_tunnel(site: Site, port: int) -> None:
    """An echo at the origin hears none of them."""
    listen = (
        "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(('0.0.0.0', %d)); s.settimeout(1.5)\n"
        "print('listening', flush=True)\n"
        "try: print(s.recv(999))\n"
        "except TimeoutError: print('nothing')"
    )
    echo = subprocess.Popen(site.origin.within(sys.executable, "-c", listen % port), stdout=subprocess.PIPE)
    assert echo.stdout
    with echo.stdout as said:
        assert said.readline() == b"listening\n"
        send = f"import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.sendto(b'x' * 64, ('{ORIGIN}', {port}))"
        site.crawler.run(sys.executable, "-c", send)
        assert said.readline() == b"nothing\n"
    assert echo.wait() == 0
    assert site.get("/text")[0] == 200


@pytest.mark.namespaces
def test_addresses_are_judged(site: Site) -> None:
    """The gateway's own console among them."""
    console = urlsplit(site.running.console).port
    site.crawler.configure("route add 169.254.169.254 dev wg0")
    for to in (f"203.0.113.1:{console}", "169.254.169.254:80"):
        assert site.get("/readyz", to=to)[::2] == (403, "address-refused")
