"""Many jobs over one connection: a face reaches the requests of the targeted one alone, and no credential an origin."""

import asyncio
import base64
import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from facegate_addons.domain.job import Live
from live.client import ConnectRefused, OnlyH2, basic, connect, get, raw, raw_tls, read_all, read_reply, tls, tunnel
from live.desk import Desk, Signer, until_known
from live.gateways import Gateway
from live.origin import Origin
from live.origin_h2 import Answer, H2Origin
from live.plays import answer, websocket
from live.processes import eventually
from live.withheld import assert_withheld, parse

DOCS = Path(__file__).parents[2] / "docs" / "identity.md"
TEXT = b"<p>ordinary</p>" * 100


class Cast(NamedTuple):
    targeted: Signer
    untargeted: Signer
    socket: Signer


@pytest.fixture(scope="module")
def cast(strict: Gateway, face_jpeg: bytes) -> Iterator[Cast]:
    desk = Desk(strict)
    try:
        cast = Cast(
            Signer(desk, "seeker", desk.register_targeted("seeker", "127.0.0.1")),
            Signer(desk, "indexer", desk.register("indexer")),
            Signer(desk, "listener", desk.register("listener", Live.INSPECT)),
        )
        with Origin() as origin:
            url = origin.route("/face", answer(face_jpeg, "image/jpeg"))
            for signer in cast:
                until_known(strict, signer.basic)
            seen = get(url, cast.targeted.basic)
            eventually(lambda: parse(raw(strict.proxy, seen)).body == face_jpeg, 5, "the approval counts")
        yield cast
    finally:
        desk.close()


def kept(url: str, *headers: str, method: str = "GET") -> bytes:
    """A request on a connection that stays open."""
    return get(url, *headers, method=method).replace(b"Connection: close\r\n", b"")


ORDER = "TUUTWTTUWUTU"  # targeted, untargeted, wrong


def field(cast: Cast, who: str, url: str) -> str:
    if who == "W":
        return cast.targeted(url, method="POST")
    return (cast.targeted if who == "T" else cast.untargeted)(url)


def check(who: str, reply: bytes, face: bytes) -> None:
    if who == "T":
        assert parse(reply).body == face
    else:
        assert_withheld(reply, face, 451 if who == "U" else 407)


def test_jobs_take_turns_on_kept_connections(strict: Gateway, cast: Cast, origin: Origin, face_jpeg: bytes) -> None:
    url = origin.route("/face", answer(face_jpeg, "image/jpeg"))

    def crawl(order: str) -> None:
        with connect(strict.proxy) as sock:
            for who in order:
                sock.sendall(kept(url, field(cast, who, url)))
                check(who, read_reply(sock), face_jpeg)

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(crawl, order) for order in (ORDER, ORDER[::-1])]:
            done.result()
    assert len(origin.requests) == 2 * (len(ORDER) - ORDER.count("W"))


def test_jobs_take_turns_in_a_pipeline(strict: Gateway, cast: Cast, origin: Origin, face_jpeg: bytes) -> None:
    url = origin.route("/face", answer(face_jpeg, "image/jpeg"))
    requests = [kept(url, field(cast, who, url)) for who in ORDER] + [get(url)]
    rest = raw(strict.proxy, b"".join(requests))
    for who in ORDER:
        reply = parse(rest)
        check(who, rest[: len(rest) - len(reply.rest)], face_jpeg)
        rest = reply.rest
    assert_withheld(rest, face_jpeg, 407)


def test_jobs_take_turns_in_a_tunnel(strict: Gateway, cast: Cast, tls_origin: Origin, face_jpeg: bytes) -> None:
    """The signature counts for its request alone; without one the tunnel's job goes on."""
    url = tls_origin.route("/face", answer(face_jpeg, "image/jpeg"))
    for opened_by, bare in ((cast.untargeted.basic, "U"), (cast.targeted.basic, "T")):
        with tls(tunnel(strict.proxy, "127.0.0.1", tls_origin.port, opened_by), strict.ca) as sock:
            for who in "T-U-W-T-":
                sock.sendall(kept("/face", *([] if who == "-" else [field(cast, who, url)])))
                check(bare if who == "-" else who, read_reply(sock), face_jpeg)


async def test_jobs_share_an_http2_connection(
    strict: Gateway, cast: Cast, h2_origin: H2Origin, face_jpeg: bytes
) -> None:
    url = h2_origin.route("/face", Answer(face_jpeg, [("content-type", "image/jpeg")]))
    proxy = httpx.Proxy(strict.proxy, auth=("indexer", cast.untargeted.token))
    async with httpx.AsyncClient(
        http2=True, verify=OnlyH2.trusting(strict.ca), proxy=proxy, trust_env=False, timeout=30
    ) as client:

        async def fetch(who: str) -> tuple[str, httpx.Response]:
            name, _, value = ("" if who == "-" else field(cast, who, url)).partition(": ")
            return who, await client.get(url, headers={name: value} if name else {})

        assert (await fetch("U"))[1].status_code == 451
        replies = await asyncio.gather(*map(fetch, ORDER + "--"))
    for who, reply in replies:
        assert reply.http_version == "HTTP/2"
        assert reply.status_code == {"T": 200, "U": 451, "W": 407, "-": 451}[who]
        assert (reply.content == face_jpeg) is (who == "T")
    for request in h2_origin.requests:
        assert not [name for name, _ in request.headers if "facegate" in name or "proxy" in name]


def test_a_signature_opens_a_tunnel(strict: Gateway, cast: Cast, tls_origin: Origin, face_jpeg: bytes) -> None:
    tls_origin.route("/face", answer(face_jpeg, "image/jpeg"))
    where = f"connect://127.0.0.1:{tls_origin.port}"
    opened = tunnel(strict.proxy, "127.0.0.1", tls_origin.port, cast.targeted(where, "CONNECT"))
    with tls(opened, strict.ca) as sock:
        sock.sendall(get("/face"))
        assert parse(read_all(sock)).body == face_jpeg
    for wrong in (
        cast.targeted(where, "GET"),
        cast.targeted("connect://127.0.0.1:1", "CONNECT"),
        cast.targeted(tls_origin.url("/"), "CONNECT"),
        cast.targeted(where, "CONNECT", seconds=-100),
        cast.targeted(where, "CONNECT", seconds=1000),
    ):
        with pytest.raises(ConnectRefused, match="407"):
            tunnel(strict.proxy, "127.0.0.1", tls_origin.port, wrong)


def test_a_redirect_elsewhere_needs_a_signature_of_its_own(
    strict: Gateway, cast: Cast, origin: Origin, face_jpeg: bytes
) -> None:
    with Origin() as elsewhere:
        url = origin.route("/moved", answer(b"", status="302 Found", headers=[("Location", elsewhere.url("/face"))]))
        elsewhere.route("/face", answer(face_jpeg, "image/jpeg"))
        name, _, value = cast.targeted(url).partition(": ")
        with httpx.Client(proxy=strict.proxy, trust_env=False, timeout=20, follow_redirects=True) as client:
            reply = client.get(url, headers={name: value})
        assert [each.status_code for each in (*reply.history, reply)] == [302, 407]
        assert not elsewhere.requests
    assert len(origin.requests) == 1


def test_no_credential_reaches_an_origin(strict: Gateway, cast: Cast, origin: Origin, tls_origin: Origin) -> None:
    job = cast.socket
    encoded = base64.b64encode(f"{job.job}:{job.token}".encode()).decode()
    urls = [site.route("/x", answer(TEXT)) for site in (origin, tls_origin)]
    sockets = [site.route("/socket", websocket(b"hello")) for site in (origin, tls_origin)]
    more = [
        'Warcprox-Meta: {"stats": {}}',
        f"Authorization: Basic {encoded}",
        f"Referer: http://{job.job}:{job.token}@127.0.0.1/",
        f"Proxy-Authorization: Basic {encoded}",
    ]
    upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    upgrade += ["Sec-WebSocket-Key: " + base64.b64encode(bytes(16)).decode()]
    for at, (plain, switching) in enumerate(zip(urls, sockets, strict=True)):
        for method in ("GET", "HEAD", "OPTIONS"):
            request = get(plain, job(plain, method), *more, method=method)
            assert parse(through(strict, plain, request, job.basic)).status == 200
            assert parse(through(strict, plain, get(plain, *more[1:]), job.basic)).status == 200
        request = kept(switching, job(switching), *more, *upgrade)
        if at == 0:
            with connect(strict.proxy) as sock:
                sock.sendall(request)
                assert sock.recv(12) == b"HTTP/1.1 101"
        else:
            with tls(tunnel(strict.proxy, "127.0.0.1", tls_origin.port, job.basic), strict.ca) as inside:
                inside.sendall(request.replace(switching.encode(), b"/socket", 1))
                assert inside.recv(12) == b"HTTP/1.1 101"
    for site in (origin, tls_origin):
        assert len(site.requests) == 7
        for received in site.requests:
            for secret in (job.token, encoded, job.job, "facegate-job", "warcprox", "proxy-authorization"):
                assert secret.encode() not in received.head.lower() + received.head


def through(gateway: Gateway, url: str, request: bytes, header: str) -> bytes:
    if url.startswith("http:"):
        return raw(gateway.proxy, request)
    request = request.replace(url.encode(), urlsplit(url).path.encode(), 1)
    return raw_tls(gateway.proxy, gateway.ca, url, request, header)


def test_credentials_inside_a_url(strict: Gateway, cast: Cast, origin: Origin, face_jpeg: bytes) -> None:
    job = cast.targeted
    url = origin.route("/face", answer(face_jpeg, "image/jpeg"))
    spelled = url.replace("//", f"//{job.job}:{job.token}@")
    bare = ("Host: h\r\n", "Host: 127.0.0.1\r\n")
    requests = [
        get(spelled),
        get(spelled).replace(*map(str.encode, bare)),
        get(url, f"Authorization: {job.basic[21:]}"),
    ]
    for request in requests:
        assert parse(raw(strict.proxy, request)).body == face_jpeg, request
    parts = urlsplit(strict.proxy)
    client = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    client.request("GET", spelled)
    assert client.getresponse().read() == face_jpeg
    client.close()
    curl = ["curl", "-sS", "--proxy", strict.proxy, spelled]
    assert subprocess.run(curl, capture_output=True, check=True, timeout=60).stdout == face_jpeg
    assert len(origin.requests) == 5
    for received in origin.requests:
        assert job.token.encode() not in received.head
        assert received.header("authorization") is None
        assert "@" not in (received.header("host") or "")


@pytest.mark.parametrize("userinfo", ["seeker:wrong", "nobody:x", "seeker", "", ":", "a:b@seeker:x", "%00:%ff"])
def test_credentials_inside_a_target_are_never_an_origins(
    strict: Gateway, cast: Cast, origin: Origin, tls_origin: Origin, face_jpeg: bytes, userinfo: str
) -> None:
    for site in (origin, tls_origin):
        site.route("/x", answer(TEXT))
    url = origin.url("/x").replace("//", f"//{userinfo}@")
    assert_withheld(raw(strict.proxy, get(url)), face_jpeg, 407)
    assert_withheld(raw(strict.proxy, get(url, cast.targeted.basic)), face_jpeg, 407)  # two are wrong
    with pytest.raises(ConnectRefused, match="407"):
        tunnel(strict.proxy, f"{userinfo}@127.0.0.1", tls_origin.port)
    with tls(tunnel(strict.proxy, "127.0.0.1", tls_origin.port, cast.targeted.basic), strict.ca) as sock:
        sock.sendall(get(tls_origin.url("/x").replace("//", f"//{userinfo}@")))
        assert_withheld(read_all(sock), face_jpeg, 407)
    assert not origin.requests
    assert not tls_origin.requests


def test_an_http2_authority_has_no_userinfo(strict: Gateway, cast: Cast, h2_origin: H2Origin) -> None:
    """RFC 9113, 8.3.1."""
    url = h2_origin.route("/x", Answer(TEXT))
    proxy = httpx.Proxy(strict.proxy, auth=("indexer", cast.untargeted.token))
    trust = OnlyH2.trusting(strict.ca)
    with httpx.Client(http2=True, verify=trust, proxy=proxy, trust_env=False, timeout=20) as client:
        host = f"indexer:{cast.untargeted.token}@127.0.0.1:{h2_origin.port}"
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(url, headers={"Host": host})
    assert not h2_origin.requests


def test_an_origins_own_credentials_reach_it(strict: Gateway, cast: Cast, origin: Origin) -> None:
    url = origin.route("/x", answer(TEXT))
    own = "Authorization: " + basic("indexer", "the origin's password")[21:]
    assert parse(raw(strict.proxy, get(url, cast.untargeted.basic, own))).status == 200
    assert origin.requests[-1].header("authorization") == own[15:]
    assert_withheld(raw(strict.proxy, get(url, own)), b"x" * 64, 407)


def test_the_page_says_how(strict: Gateway, cast: Cast, origin: Origin, face_jpeg: bytes) -> None:
    url = origin.route("/page", answer(face_jpeg, "image/jpeg"))
    page, job = DOCS.read_text(), cast.targeted
    _settings, shell = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    (python,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    origin_of_url = url.removesuffix("/page")
    known = {"JOB": job.job, "KEY": job.key.hex(), "ORIGIN": origin_of_url, "PROXY": strict.proxy}
    done = subprocess.run(["sh", "-ec", shell], env=os.environ | known, capture_output=True, check=True, timeout=60)
    assert done.stdout == face_jpeg
    call = f"print(facegate_job({job.job!r}, {job.key.hex()!r}, 'GET', {origin_of_url!r}))"
    done = subprocess.run([sys.executable, "-c", python + call], capture_output=True, check=True, timeout=60)
    assert parse(raw(strict.proxy, get(url, f"Facegate-Job: {done.stdout.decode().strip()}"))).body == face_jpeg


def test_no_secret_is_written_down(strict: Gateway, cast: Cast) -> None:
    """After all of the above."""
    written = strict.stderr().encode()
    written += b"".join(file.read_bytes() for file in (strict.home / "ledger").rglob("*") if file.is_file())
    assert b"seeker" in written
    for job in cast:
        for secret in (job.token, job.key.hex(), base64.b64encode(f"{job.job}:{job.token}".encode()).decode()):
            assert secret.encode() not in written
