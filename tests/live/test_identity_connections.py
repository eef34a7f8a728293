"""Jobs known by their connection: by certificate, by network; and what becomes of those who guess."""

import json
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from live.client import ConnectRefused, OnlyH2, basic, get, read_all, read_reply, tls, tunnel
from live.desk import Desk, Signer, until_known
from live.gateways import Gateway
from live.origin import Origin, read_until
from live.origin_h2 import Answer, H2Origin
from live.plays import answer
from live.processes import eventually
from live.socks import SocksRefused, through
from live.withheld import Reply, assert_quiet, assert_withheld, parse

CONFIG = """
[identity]
required = true
longest_delay = "1s"
sources = {{ "127.0.0.2" = "placed", "127.0.0.3" = "unregistered" }}
[identity.certificates]
"{known}" = "certified"
"{old}" = "certified"
"""


class Shown:
    """A client's certificate in a file with its key, and its fingerprint."""

    def __init__(self, file: Path, ends: timedelta) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, file.stem)])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=2), now + ends)
        certificate = builder.sign(key, hashes.SHA256())
        pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        file.touch(mode=0o600)
        file.write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()) + certificate.public_bytes(pem))
        self.file = file
        self.fingerprint = certificate.fingerprint(hashes.SHA256()).hex()


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shown]:
    folder = tmp_path_factory.mktemp("certificates")
    day = timedelta(days=1)
    return {name: Shown(folder / f"{name}.pem", ends) for name, ends in (("known", day), ("old", -day), ("other", day))}


@pytest.fixture(scope="module")
def gateway(start_gateway: Callable[..., Gateway], shown: dict[str, Shown], face_jpeg: bytes) -> Iterator[Gateway]:
    prints = {name: each.fingerprint.upper() for name, each in shown.items()}
    with start_gateway(CONFIG.format(**prints)) as gateway:
        yield gateway
    assert_quiet(gateway.stderr(), face_jpeg)


@pytest.fixture(scope="module")
def jobs(gateway: Gateway) -> Iterator[dict[str, Signer]]:
    desk = Desk(gateway)
    try:
        jobs = {name: Signer(desk, name, desk.register(name)) for name in ("certified", "placed", "named")}
        for job in jobs.values():
            until_known(gateway, job.basic)
        yield jobs
    finally:
        desk.close()


def from_(gateway: Gateway, address: str, data: bytes) -> bytes:
    """As `raw`, from another address of this machine."""
    parts = urlsplit(gateway.proxy)
    with socket.create_connection((parts.hostname, parts.port), 20, (address, 0)) as sock:
        sock.sendall(data)
        return read_all(sock)


def told(gateway: Gateway, event: str) -> list[dict[str, object]]:
    lines = [line for file in (gateway.home / "ledger").glob("gateway-*") for line in file.read_text().splitlines()]
    entries = [json.loads(line) for line in lines]
    return [entry for entry in (e.get("entry", e) for e in entries) if entry.get("event") == event]


def outer(gateway: Gateway, certificate: Shown | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=gateway.ca)
    context.set_alpn_protocols(["h2", "http/1.1"])
    if certificate is not None:
        context.load_cert_chain(certificate.file)
    return context


def over_tls(gateway: Gateway, certificate: Shown | None, **options: object) -> httpx.Client:
    """TLS to the proxy, and TLS in its tunnels."""
    proxy = httpx.Proxy(gateway.proxy.replace("http:", "https:"), ssl_context=outer(gateway, certificate))
    return httpx.Client(proxy=proxy, trust_env=False, timeout=20, **options)  # type: ignore[arg-type]


def test_a_certificate_stands_for_a_job(
    gateway: Gateway,
    jobs: dict[str, Signer],
    shown: dict[str, Shown],
    origin: Origin,
    tls_origin: Origin,
    h2_origin: H2Origin,
    face_jpeg: bytes,
) -> None:
    plain, secure = (site.route("/face", answer(face_jpeg, "image/jpeg")) for site in (origin, tls_origin))
    second = h2_origin.route("/face", Answer(face_jpeg, [("content-type", "image/jpeg")]))
    # inside the tunnel the client has a certificate for the origin, which nobody asks for
    inner = ssl.create_default_context(cafile=gateway.ca)
    inner.load_cert_chain(shown["other"].file)
    for verify, urls in ((inner, (plain, secure, secure)), (OnlyH2.trusting(gateway.ca), (second, second))):
        with over_tls(gateway, shown["known"], verify=verify, http2=verify is not inner) as client:
            for url in urls:
                reply = client.get(url)
                assert (reply.status_code, reply.json()["job"]) == (451, "certified")


def test_what_a_request_says_comes_before_its_certificate(
    gateway: Gateway, jobs: dict[str, Signer], shown: dict[str, Shown], origin: Origin, face_jpeg: bytes
) -> None:
    url = origin.route("/face", answer(face_jpeg, "image/jpeg"))
    name, _, value = jobs["named"](url).partition(": ")
    for certificate in (None, shown["known"], shown["other"], shown["old"]):
        with over_tls(gateway, certificate) as client:
            assert client.get(url, headers={name: value}).json()["job"] == "named"
            assert client.get(url, headers={name: value + "x"}).status_code == 407


@pytest.mark.parametrize("which", ["other", "old", ""])
def test_an_unknown_certificate_is_refused(
    gateway: Gateway, jobs: dict[str, Signer], shown: dict[str, Shown], origin: Origin, which: str
) -> None:
    """From a network, too, that is a job's: what is shown and wrong does not fall through."""
    url = origin.route("/x", answer(b"x"))
    parts = urlsplit(gateway.proxy)
    sock = socket.create_connection((parts.hostname, parts.port), 20, ("127.0.0.2", 0))
    with outer(gateway, shown.get(which)).wrap_socket(sock, server_hostname="127.0.0.1") as secure:
        assert secure.selected_alpn_protocol() == "http/1.1"
        secure.sendall(get(url))
        reply = parse(read_all(secure))
    assert reply.status == (407 if which else 200)
    assert len(origin.requests) == (0 if which else 1)


def test_curl_shows_its_certificate(
    gateway: Gateway, jobs: dict[str, Signer], shown: dict[str, Shown], tls_origin: Origin, face_jpeg: bytes
) -> None:
    url = tls_origin.route("/face", answer(face_jpeg, "image/jpeg"))
    proxy = gateway.proxy.replace("http:", "https:")
    known = shown["known"].file
    command = ["curl", "-sS", "--proxy", proxy, "--proxy-cacert", gateway.ca, "--cacert", gateway.ca, url]
    done = subprocess.run([*command, "--proxy-cert", known], capture_output=True, check=True, timeout=60)
    assert json.loads(done.stdout)["job"] == "certified"


def test_a_network_stands_for_a_job(
    gateway: Gateway, jobs: dict[str, Signer], origin: Origin, face_jpeg: bytes
) -> None:
    url = origin.route("/face", answer(face_jpeg, "image/jpeg"))
    assert assert_withheld(from_(gateway, "127.0.0.2", get(url)), face_jpeg, 451).problem["job"] == "placed"
    named = from_(gateway, "127.0.0.2", get(url, jobs["named"].basic))
    assert assert_withheld(named, face_jpeg, 451).problem["job"] == "named"
    for address, lie in (
        ("127.0.0.4", "X-Forwarded-For: 127.0.0.2"),
        ("127.0.0.4", "Forwarded: for=127.0.0.2"),
        ("127.0.0.2", basic("named", "wrong")),
        ("127.0.0.3", "X-Nothing: x"),
    ):
        assert_withheld(from_(gateway, address, get(url, lie)), face_jpeg, 407)
    from_(gateway, "127.0.0.3", get(url))
    said = "identity.sources: no job 'unregistered' is registered; its clients are refused"
    assert gateway.stderr().count(said) == 1


def test_who_guesses_waits_and_is_told_of(gateway: Gateway, jobs: dict[str, Signer], origin: Origin) -> None:
    url = origin.route("/x", answer(b"x"))
    guess, right = get(url, basic("named", "wrong")), get(url, jobs["named"].basic)

    with ThreadPoolExecutor(12) as threads:
        begun = time.monotonic()
        guesses = [threads.submit(from_, gateway, "127.0.0.9", guess) for _ in range(10)]
        rest = parse(from_(gateway, "127.0.0.9", right)).status
        assert not any(each.done() for each in guesses)
        assert rest == 200
        assert {parse(each.result()).status for each in guesses} == {407}
        assert time.monotonic() - begun >= 1
    from_(gateway, "127.0.0.9", get(url, basic("nobody", "x")))
    lines = [line for line in told(gateway, "identity-refused") if line["address"] == "127.0.0.9"]
    assert [(line["failures"], line["job"]) for line in lines] == [(n, "named") for n in (1, 2, 4, 8)]
    refused = [line for line in told(gateway, "exchange") if line["reason"] == "bad-credentials"]
    assert len(refused) >= 11
    assert "wrong" not in json.dumps(lines)


def test_a_changed_file_counts_in_open_tunnels(start_gateway: Callable[..., Gateway], tls_origin: Origin) -> None:
    tls_origin.route("/x", answer(bytes(range(256)), "application/octet-stream"))  # the refusal names the job
    sources = '[identity]\nrequired = true\nlongest_delay = "0s"\nsources = {{ "127.0.0.2" = "{}" }}\n'
    with start_gateway(sources.format("first")) as gateway:
        desk = Desk(gateway)
        try:
            for name in ("first", "second"):
                until_known(gateway, basic(name, desk.register(name)))
        finally:
            desk.close()
        parts, where = urlsplit(gateway.proxy), f"127.0.0.1:{tls_origin.port}"
        sock = socket.create_connection((parts.hostname, parts.port), 20, ("127.0.0.2", 0))
        sock.sendall(f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n\r\n".encode())
        assert read_until(sock, b"\r\n\r\n").startswith(b"HTTP/1.1 200")
        with tls(sock, gateway.ca) as inside:

            def job() -> str:
                inside.sendall(get("/x").replace(b"Connection: close\r\n", b""))
                _head, _, body = read_until(inside, b"\r\n\r\n").partition(b"\r\n\r\n")
                while not body.endswith(b"}"):
                    body += inside.recv(65536)
                return str(json.loads(body)["job"])

            assert job() == "first"
            trust = gateway.config.read_text().partition("[identity]")[0]
            for name, expected in (("second", "second"), ("nobody", "")):
                gateway.config.write_text(trust + sources.format(name))
                gateway.signal(signal.SIGHUP)
                eventually(lambda expected=expected: job() == expected, 10, f"the job of {name}")


@pytest.fixture(scope="module")
def socks(start_gateway: Callable[..., Gateway], face_jpeg: bytes) -> Iterator[Gateway]:
    with start_gateway('[listen]\nmode = "socks5"\n[identity]\nrequired = true\nlongest_delay = "0s"') as gateway:
        yield gateway
    assert_quiet(gateway.stderr(), face_jpeg)


def opened(gateway: Gateway, job: Signer, how: str, port: int) -> socket.socket:
    if how == "socks":
        return through(gateway.proxy, "127.0.0.1", port, (job.job, job.token))
    header = job.basic if how == "basic" else job(f"connect://127.0.0.1:{port}", "CONNECT")
    return tunnel(gateway.proxy, "127.0.0.1", port, header)


@pytest.mark.parametrize("how", ["basic", "signed", "socks"])
def test_a_replaced_token_ends_what_it_opened(
    strict: Gateway, socks: Gateway, tls_origin: Origin, face_jpeg: bytes, how: str
) -> None:
    gateway = socks if how == "socks" else strict
    tls_origin.route("/face", answer(face_jpeg, "image/jpeg"))
    request = get("/face").replace(b"Connection: close\r\n", b"")

    def known(job: Signer) -> bool:
        try:
            opened(gateway, job, how, tls_origin.port).close()
        except (ConnectRefused, SocksRefused):
            return False
        return True

    desk = Desk(gateway)
    try:
        name = f"leaked-{how}"
        leaked = Signer(desk, name, desk.register_targeted(name, "127.0.0.1"))
        eventually(lambda: known(leaked), 10, "the job is known")
        with tls(opened(gateway, leaked, how, tls_origin.port), gateway.ca) as sock:

            def ask() -> Reply:
                sock.sendall(request)
                return parse(read_reply(sock))

            eventually(lambda: ask().body == face_jpeg, 10, "the approval counts")
            second = Signer(desk, name, desk.rotate(name, timedelta(hours=1)))
            eventually(lambda: known(second), 10, "the second token is known")
            assert ask().body == face_jpeg
            desk.rotate(name)
            eventually(lambda: ask().status == 407, 2, "the end of the tunnel's token")
            seen = len(tls_origin.requests)
            assert ask().problem["reason"] == "bad-credentials"
            assert len(tls_origin.requests) == seen
    finally:
        desk.close()
    assert leaked.token not in gateway.stderr()
