"""SOCKS5: who connects is asked once, every request in the connection is looked at like any other."""

import subprocess
import time
from collections.abc import Callable, Iterator

import pytest
from live.client import PATIENCE, connect, get, read_all, read_reply, tls
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from live.socks import SocksRefused, ask, credentials, read, request, through
from live.withheld import Reply, assert_quiet, assert_withheld, assert_without, parse

TEXT = b"<p>ordinary</p>" * 100
SOCKS5 = '[listen]\nmode = "socks5"\n'


@pytest.fixture(scope="module")
def gateway(start_gateway: Callable[..., Gateway], face_jpeg: bytes) -> Iterator[Gateway]:
    with start_gateway(SOCKS5, console=True) as gateway:
        yield gateway
    assert_quiet(gateway.stderr(), face_jpeg)
    assert "pass-word" not in gateway.stderr()


@pytest.fixture(scope="module")
def strict(start_gateway: Callable[..., Gateway], face_jpeg: bytes) -> Iterator[Gateway]:
    with start_gateway(SOCKS5 + "[identity]\nrequired = true\n") as gateway:
        yield gateway
    assert_quiet(gateway.stderr(), face_jpeg)


def fetch(gateway: Gateway, origin: Origin, path: str, login: tuple[str, str] | None = None) -> bytes:
    with through(gateway.proxy, "127.0.0.1", origin.port, login) as sock:
        sock.sendall(get(path))
        return read_all(sock)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_client_without_credentials_is_untargeted(
    gateway: Gateway, origin: Origin, face_jpeg: bytes, host: str
) -> None:
    origin.route("/face", answer(face_jpeg, "image/jpeg"))
    origin.route("/text", answer(TEXT))
    with through(gateway.proxy, host, origin.port) as sock:
        sock.sendall(get("/text").replace(b"Connection: close\r\n", b""))
        assert parse(read_reply(sock)).body == TEXT
        sock.sendall(get("/face"))
        assert assert_withheld(read_all(sock), face_jpeg, 451).problem["reason"] == "faces"


def test_tls_is_opened(gateway: Gateway, tls_origin: Origin, face_jpeg: bytes) -> None:
    tls_origin.route("/face", answer(face_jpeg, "image/jpeg"))
    with tls(through(gateway.proxy, "127.0.0.1", tls_origin.port), gateway.ca) as sock:
        sock.sendall(get("/face"))
        assert_withheld(read_all(sock), face_jpeg, 451)


def test_a_ready_made_client(gateway: Gateway, tls_origin: Origin, face_jpeg: bytes) -> None:
    """curl, with names looked up by itself and by the gateway."""
    tls_origin.route("/text", answer(TEXT))
    for scheme in ("socks5", "socks5h"):
        proxy = gateway.proxy.replace("socks5h", scheme)
        command = ["curl", "-sS", "--proxy", proxy, "--cacert", str(gateway.ca)]
        said = subprocess.run(
            [*command, f"https://localhost:{tls_origin.port}/text"], capture_output=True, timeout=20, check=False
        )
        assert (said.stdout, said.stderr) == (TEXT, b"")


def test_the_credentials_are_a_jobs(
    strict: Gateway, origin: Origin, face_jpeg: bytes, targeted_job: Callable[..., str]
) -> None:
    """They count for every request of the connection, and not longer than the job does."""
    token = targeted_job(strict, "by-socks")
    origin.route("/face", answer(face_jpeg, "image/jpeg"))
    with through(strict.proxy, "127.0.0.1", origin.port, ("by-socks", token)) as sock:
        keep = get("/face").replace(b"Connection: close\r\n", b"")

        def until(status: int) -> Reply:
            """What is answered in the end: an approval and a revocation count within a second."""
            late = time.monotonic() + 10
            while True:
                sock.sendall(keep)
                reply = parse(read_reply(sock))
                if reply.status == status or time.monotonic() > late:
                    return reply

        assert until(200).body == face_jpeg
        strict.run("job", "revoke", "by-socks")
        reply = until(403)
        assert (reply.status, reply.problem["reason"]) == (403, "job-inactive")


def test_wrong_credentials(gateway: Gateway, strict: Gateway, origin: Origin) -> None:
    for each in (gateway, strict):
        with pytest.raises(SocksRefused, match="01 01"):
            through(each.proxy, "127.0.0.1", origin.port, ("nobody", "pass-word"))
    assert not origin.requests


def test_no_credentials_where_they_are_required(strict: Gateway, origin: Origin, face_jpeg: bytes) -> None:
    """SOCKS has no word for why, so the request is answered: that has one."""
    reply = assert_withheld(fetch(strict, origin, "/"), face_jpeg, 407)
    assert reply.problem["reason"] == "no-credentials"
    assert not origin.requests


@pytest.mark.parametrize("command", [2, 3, 0, 255])
def test_bind_and_udp_are_refused(gateway: Gateway, origin: Origin, command: int) -> None:
    with pytest.raises(SocksRefused, match="05 07"):
        through(gateway.proxy, "127.0.0.1", origin.port, command=command)


@pytest.mark.parametrize("host", ["a..b", "a b", "a\nb", "\x00", "", "\xff\xfe"])
def test_names_that_are_none(gateway: Gateway, origin: Origin, host: str) -> None:
    with pytest.raises(SocksRefused, match="05 04"):
        through(gateway.proxy, host, origin.port)


@pytest.mark.parametrize(
    ("host", "port", "reason"),
    [
        ("169.254.169.254", 80, "address-refused"),
        ("::ffff:169.254.169.254", 80, "address-refused"),
        ("2852039166", 80, "address-refused"),
        ("127.0.0.1", 53, "port-refused"),
        ("localhost", 0, "port-refused"),
        ("no.such.host.invalid", 80, "origin-unreachable"),
    ],
)
def test_destinations_are_judged(gateway: Gateway, face_jpeg: bytes, host: str, port: int, reason: str) -> None:
    """SOCKS itself only knows that it may go on: what comes back for the request says why not."""
    with through(gateway.proxy, host, port) as sock:
        sock.sendall(get("/"))
        said = read_all(sock)
    if port == 53:  # a port of DNS is closed before anything is said
        assert said == b""
    else:
        assert assert_withheld(said, face_jpeg).problem["reason"] == reason


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_gateway_itself_is_not_reached(gateway: Gateway, face_jpeg: bytes, host: str) -> None:
    for url in (gateway.proxy, gateway.console):
        with through(gateway.proxy, host, int(url.rstrip("/").rpartition(":")[2])) as sock:
            sock.sendall(get("/readyz"))
            assert assert_withheld(read_all(sock), face_jpeg, 403).problem["reason"] == "address-refused"


@pytest.mark.parametrize("said", [b"SSH-2.0-client\r\n", bytes(64), b"\x16\x03\x01\x00\x05hello"])
def test_another_protocol_is_not_relayed(gateway: Gateway, origin: Origin, face_jpeg: bytes, said: bytes) -> None:
    with through(gateway.proxy, "127.0.0.1", origin.port) as sock:
        sock.sendall(said)
        sock.shutdown(1)
        assert_without(read_all(sock), face_jpeg)
    assert not origin.requests


HANDSHAKES = {
    "http": get("http://127.0.0.1/"),
    "socks4": b"\x04\x01\x00\x50\x7f\x00\x00\x01\x00",
    "no method": b"\x05\x00",
    "gssapi alone": b"\x05\x01\x01",
    "half a greeting": b"\x05\xff\x00",
    "no sub-negotiation": b"\x05\x01\x02\x05\x01\x00",
    "empty credentials": b"\x05\x01\x02" + credentials("", ""),
    "not utf-8": b"\x05\x01\x02\x01\x02\xff\xfe\x02\xff\xfe",
    "unknown kind of address": b"\x05\x01\x00" + b"\x05\x01\x00\x02" + bytes(8),
    "endless": b"\x05\x01\x02\x01" + b"a" * 200_000,
}


@pytest.mark.parametrize("what", HANDSHAKES)
def test_handshakes_that_are_none(gateway: Gateway, origin: Origin, what: str) -> None:
    with connect(gateway.proxy, PATIENCE) as sock:
        try:
            sock.sendall(HANDSHAKES[what])
            sock.shutdown(1)
        except OSError:
            pass  # it hung up before all was said
        assert len(read_all(sock)) <= 12
    assert parse(fetch(gateway, origin, "/none")).status == 404  # and is fine


def test_a_request_with_the_handshake(gateway: Gateway, origin: Origin) -> None:
    """All at once, in one segment and byte by byte."""
    url = origin.route("/text", answer(TEXT))
    said = b"\x05\x01\x00" + request("127.0.0.1", origin.port) + get("/text")
    for pieces in ([said], [bytes([byte]) for byte in said]):
        with connect(gateway.proxy, PATIENCE) as sock:
            for piece in pieces:
                sock.sendall(piece)
            assert read(sock, 12) == b"\x05\x00\x05\x00\x00\x01" + bytes(6)
            assert parse(read_all(sock)).body == TEXT, url


def test_two_processes_share_the_port(start_gateway: Callable[..., Gateway], origin: Origin) -> None:
    origin.route("/text", answer(TEXT))
    with start_gateway(SOCKS5, "--workers", "2") as gateway:
        assert {parse(fetch(gateway, origin, "/text")).status for _ in range(8)} == {200}


def test_the_method_with_credentials_is_preferred(gateway: Gateway) -> None:
    with connect(gateway.proxy, PATIENCE) as sock:
        ask(sock, b"\x05\x03\x00\x01\x02", b"\x05\x02")
