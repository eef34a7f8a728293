"""Rows on hooks that fail: whatever an addon does, wherever it stands, the canary stays in and strangers stay out.

The matrix is position x hook x kind of failure; one test is one hook and one kind, at all positions at once.
"""

import asyncio
import os
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

import httpx
import pytest
from live import sabotaged
from live.authority import Authority
from live.client import ConnectRefused, OnlyH2, as_seen, basic, get, raw, read_all, tls, tunnel
from live.origin import Origin
from live.origin_h2 import Answer, H2Origin
from live.plays import answer
from live.sockets import accepting, ask, saying
from live.test_rows_windows import chunks
from live.withheld import assert_withheld, assert_without, parse
from wsproto.events import BytesMessage, CloseConnection, TextMessage

HOOK_SECONDS = 0.7  # after which a hook counts as hung; the others take a millisecond on an idle machine
PATIENCE = 10.0  # seconds for a client without an answer: half of what the gateway's own deadline would take
KNOWN = basic(sabotaged.JOB, sabotaged.TOKEN)
TEXT = b"<p>ordinary</p>" * 100
CALM = b"data: calm\n\n"


class Sabotaged:
    """The process of live.sabotaged."""

    def __init__(self, folder: Path, authority: Authority, canary: bytes, faces: str = "quarantine") -> None:
        (folder / "canary").write_bytes(canary)
        self.ca = folder / "facegate-ca-cert.pem"
        self._stderr = folder / "stderr"
        self._argv = ["-m", "live.sabotaged", str(folder), str(authority.pem), str(HOOK_SECONDS), faces]

    def __enter__(self) -> Self:
        tests = str(Path(__file__).parent.parent)
        with self._stderr.open("wb") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, *self._argv],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=os.environ | {"PYTHONPATH": tests},
            )
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, self.stderr()
        self.proxy = f"http://127.0.0.1:{int(line)}"
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        try:
            assert self._process.wait(30) == 0, self.stderr()
        finally:
            self._process.kill()
            self._process.wait()

    def stderr(self) -> str:
        return self._stderr.read_text(errors="replace")


@pytest.fixture(scope="module")
def site(authority: Authority, face_jpeg: bytes) -> Iterator[tuple[Origin, Origin]]:
    with Origin() as plain, Origin(authority.server()) as secure:
        for origin in (plain, secure):
            origin.route("/face", answer(face_jpeg, "image/jpeg"))
            origin.route("/text", answer(TEXT))
            origin.route("/calm", answer(CALM, "text/event-stream"))
            origin.route("/stream", answer(CALM + b"data: " + face_jpeg, "text/event-stream"))
            origin.route("/broken", b"HTTP/1.1 200 OK\r\nBad Header\x00: " + face_jpeg.hex().encode() + b"\r\n\r\n")
        yield plain, secure


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory, authority: Authority, face_jpeg: bytes) -> Iterator[Sabotaged]:
    with Sabotaged(tmp_path_factory.mktemp("sabotaged"), authority, face_jpeg) as gate:
        yield gate
    assert "Traceback" not in gate.stderr()
    assert "canary" not in gate.stderr()


@pytest.fixture(scope="module")
def redacting_gate(
    tmp_path_factory: pytest.TempPathFactory, authority: Authority, face_jpeg: bytes
) -> Iterator[Sabotaged]:
    with Sabotaged(tmp_path_factory.mktemp("redacting"), authority, face_jpeg, "redact") as gate:
        yield gate
    assert "Traceback" not in gate.stderr()


@pytest.fixture(scope="module")
def observing_gate(
    tmp_path_factory: pytest.TempPathFactory, authority: Authority, face_jpeg: bytes
) -> Iterator[Sabotaged]:
    with Sabotaged(tmp_path_factory.mktemp("observing"), authority, face_jpeg, "observe") as gate:
        yield gate
    assert "Traceback" not in gate.stderr()


def at_all_positions(attempt: Callable[[int], None]) -> None:
    with ThreadPoolExecutor(len(sabotaged.POSITIONS)) as threads:
        for done in [threads.submit(attempt, position) for position in sabotaged.POSITIONS]:
            done.result()


@pytest.mark.parametrize("kind", sabotaged.FLOW_KINDS)
@pytest.mark.parametrize("hook", ["requestheaders", "request", "responseheaders", "response", "error"])
def test_of_a_request(gate: Sabotaged, site: tuple[Origin, Origin], face_jpeg: bytes, hook: str, kind: str) -> None:
    origin = site[0]
    path = "/broken" if hook == "error" else "/face"

    def attempt(position: int) -> None:
        plan = f"X-Sabotage: {position} {hook} {kind}"
        assert_withheld(raw(gate.proxy, get(origin.url(path), KNOWN, plan), PATIENCE), face_jpeg)
        assert_withheld(raw(gate.proxy, get(origin.url(f"/{hook}/{kind}"), plan), PATIENCE), face_jpeg)

    at_all_positions(attempt)
    assert not [request for request in origin.requests if request.path == f"/{hook}/{kind}"]
    assert_works(gate, site)


@pytest.mark.parametrize("kind", sabotaged.FLOW_KINDS)
@pytest.mark.parametrize("hook", ["responseheaders", "stream_window", "stream_end"])
def test_of_windows(gate: Sabotaged, site: tuple[Origin, Origin], face_jpeg: bytes, hook: str, kind: str) -> None:
    """Nothing but what is clear leaves, and nobody is left waiting."""

    def attempt(position: int) -> None:
        for path in ("/calm", "/stream"):
            reply = raw(gate.proxy, get(site[0].url(path), KNOWN, f"X-Sabotage: {position} {hook} {kind}"), PATIENCE)
            assert_without(reply, face_jpeg)
            if not reply.startswith(b"HTTP/1.1 200 "):
                assert_withheld(reply, face_jpeg)

    at_all_positions(attempt)
    assert CALM in raw(gate.proxy, get(site[0].url("/calm"), KNOWN), PATIENCE)
    assert_works(gate, site)


@pytest.mark.parametrize("kind", sabotaged.FLOW_KINDS)
@pytest.mark.parametrize("hook", ["requestheaders", "request", "responseheaders", "stream_window", "stream_end"])
def test_of_a_websocket(gate: Sabotaged, site: tuple[Origin, Origin], face_jpeg: bytes, hook: str, kind: str) -> None:
    """Nothing but what is clear leaves, and nobody is left waiting."""
    origin = site[0]
    calm = origin.route("/calm-socket", accepting(saying(TextMessage("calm"), CloseConnection(1000))))
    sick = origin.route("/socket", accepting(saying(TextMessage("calm"), BytesMessage(face_jpeg))))

    def attempt(position: int) -> None:
        for url in (calm, sick):
            head, got = everything_said(gate, url, f"X-Sabotage: {position} {hook} {kind}")
            assert_without(got, face_jpeg)
            if not head.startswith(b"HTTP/1.1 101 "):
                assert_withheld(head + got, face_jpeg)

    at_all_positions(attempt)
    head, got = everything_said(gate, calm)
    assert head.startswith(b"HTTP/1.1 101 ")
    assert b"calm" in got
    assert_works(gate, site)


def everything_said(gate: Sabotaged, url: str, *fields: str) -> tuple[bytes, bytes]:
    head, peer = ask(gate.proxy, url, *fields, through=KNOWN, patience=PATIENCE)
    with peer:
        if not head.startswith(b"HTTP/1.1 101 "):  # a refusal; the connection may stay open
            size = int(parse(head).headers["content-length"])
            while len(peer.got) < size and (more := peer.sock.recv(65536)):
                peer.got += more
            return head, peer.got
        return head, peer.got + read_all(peer.sock)


@pytest.mark.parametrize("kind", sabotaged.FLOW_KINDS)
@pytest.mark.parametrize("hook", ["requestheaders", "responseheaders", "response"])
def test_of_a_redaction(
    redacting_gate: Sabotaged, site: tuple[Origin, Origin], face_jpeg: bytes, hook: str, kind: str
) -> None:
    """The copy leaves as it is, or nothing does."""
    url = site[0].url("/face")

    def attempt(position: int) -> None:
        reply = raw(redacting_gate.proxy, get(url, KNOWN, f"X-Sabotage: {position} {hook} {kind}"), PATIENCE)
        if reply.startswith(b"HTTP/1.1 200 "):
            assert_redacted(reply)
        else:
            assert_withheld(reply, face_jpeg)

    at_all_positions(attempt)
    assert_redacted(raw(redacting_gate.proxy, get(url, KNOWN), PATIENCE))


def assert_redacted(raw_reply: bytes) -> None:
    reply = parse(raw_reply)
    assert (reply.status, reply.body, reply.rest) == (200, sabotaged.COPY, b"")
    assert (reply.headers["facegate-action"], reply.headers["facegate-verdict"]) == ("redact", "faces")
    assert reply.headers["etag"].startswith('"facegate-')


@pytest.mark.parametrize("kind", sabotaged.FLOW_KINDS)
@pytest.mark.parametrize("hook", ["requestheaders", "request", "responseheaders", "response"])
def test_of_what_is_only_observed(
    observing_gate: Sabotaged, site: tuple[Origin, Origin], face_jpeg: bytes, hook: str, kind: str
) -> None:
    """A face leaves whole and told of, or not at all: a step that failed has decided nothing."""

    def attempt(position: int) -> None:
        for path in ("/face", "/text"):
            plan = f"X-Sabotage: {position} {hook} {kind}"
            reply = raw(observing_gate.proxy, get(site[0].url(path), KNOWN, plan), PATIENCE)
            if reply.startswith(b"HTTP/1.1 200 "):
                assert_observed(reply, face_jpeg)
            else:
                assert_withheld(reply, face_jpeg)
                assert "facegate-observed" not in parse(reply).headers

    at_all_positions(attempt)
    whole = raw(observing_gate.proxy, get(site[0].url("/face"), KNOWN), PATIENCE)
    assert parse(whole).body == face_jpeg
    assert_observed(whole, face_jpeg)


@pytest.mark.parametrize("kind", sabotaged.FLOW_KINDS)
def test_of_windows_that_are_only_observed(
    observing_gate: Sabotaged, site: tuple[Origin, Origin], face_jpeg: bytes, kind: str
) -> None:
    """Each window leaves as it was decided, or not at all."""
    url, whole = site[0].url("/stream"), CALM + b"data: " + face_jpeg

    def attempt(position: int) -> None:
        reply = raw(observing_gate.proxy, get(url, KNOWN, f"X-Sabotage: {position} stream_window {kind}"), PATIENCE)
        if reply.startswith(b"HTTP/1.1 200 "):
            assert whole.startswith(chunks(reply)[0])
        else:
            assert_withheld(reply, face_jpeg)

    at_all_positions(attempt)
    assert chunks(raw(observing_gate.proxy, get(url, KNOWN), PATIENCE)) == (whole, True)


def assert_observed(raw_reply: bytes, face: bytes) -> None:
    reply = parse(raw_reply)
    assert (reply.status, reply.rest) == (200, b"")
    assert reply.body in (face, TEXT)
    seen = ("faces", "quarantine") if reply.body == face else ("clear", None)
    assert (reply.headers["facegate-verdict"], reply.headers.get("facegate-observed")) == seen


@pytest.mark.parametrize("kind", sabotaged.FLOW_KINDS)
@pytest.mark.parametrize("hook", ["http_connect", "http_connected", "http_connect_error", "request", "response"])
def test_of_a_tunnel(gate: Sabotaged, site: tuple[Origin, Origin], face_jpeg: bytes, hook: str, kind: str) -> None:
    in_a_tunnel(gate, site[1], face_jpeg, hook, kind)
    assert_works(gate, site)


@pytest.mark.parametrize("kind", sabotaged.CONNECTION_KINDS)
@pytest.mark.parametrize("hook", sabotaged.CONNECTION_HOOKS)
def test_of_a_connection(gate: Sabotaged, site: tuple[Origin, Origin], face_jpeg: bytes, hook: str, kind: str) -> None:
    in_a_tunnel(gate, site[1], face_jpeg, hook, kind)
    assert_works(gate, site)


@pytest.fixture(scope="module")
def h2_site(authority: Authority, face_jpeg: bytes) -> Iterator[H2Origin]:
    with H2Origin(authority.server("h2")) as origin:
        origin.route("/face", Answer(face_jpeg, trailers=[("x-a", "b")]))
        origin.route("/text", Answer(TEXT))
        yield origin


@pytest.fixture
def h2_client(gate: Sabotaged) -> httpx.AsyncClient:
    """One HTTP/2 connection for many requests at once, which httpx's blocking client cannot share among threads."""
    proxy = httpx.Proxy(gate.proxy, auth=(sabotaged.JOB, sabotaged.TOKEN))
    return httpx.AsyncClient(http2=True, proxy=proxy, verify=OnlyH2.trusting(gate.ca), timeout=PATIENCE)


@pytest.mark.parametrize("kind", sabotaged.FLOW_KINDS)
@pytest.mark.parametrize("hook", ["requestheaders", "request", "responseheaders", "response"])
async def test_of_a_stream(
    h2_client: httpx.AsyncClient, h2_site: H2Origin, face_jpeg: bytes, hook: str, kind: str
) -> None:
    """All at once on one HTTP/2 connection, which survives it."""

    async def attempt(position: int) -> None:
        plan = {"X-Sabotage": f"{position} {hook} {kind}"}
        assert_withheld(as_seen(await h2_client.get(h2_site.url("/face"), headers=plan)), face_jpeg)

    async with h2_client:
        assert (await h2_client.get(h2_site.url("/text"))).http_version == "HTTP/2"
        await asyncio.gather(*map(attempt, sabotaged.POSITIONS))
        ordinary = await h2_client.get(h2_site.url("/text"))
        assert (ordinary.status_code, ordinary.content) == (200, TEXT)


def in_a_tunnel(gate: Sabotaged, origin: Origin, canary: bytes, hook: str, kind: str) -> None:
    def attempt(position: int) -> None:
        plan = f"X-Sabotage: {position} {hook} {kind}"
        assert_without(tunnelled(gate, origin, "/face", KNOWN, plan), canary)
        assert_without(tunnelled(gate, origin, f"/{hook}/{kind}", plan), canary)

    at_all_positions(attempt)
    assert not [request for request in origin.requests if request.path == f"/{hook}/{kind}"]


def tunnelled(gate: Sabotaged, origin: Origin, path: str, *headers: str) -> bytes:
    """What comes out, as far as one comes: the answer to CONNECT, or what is said inside."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    request += "".join(f"{header}\r\n" for header in headers if header.startswith("X-")) + "\r\n"
    try:
        with (
            tunnel(gate.proxy, "127.0.0.1", origin.port, *headers, patience=PATIENCE) as sock,
            tls(sock, gate.ca) as inside,
        ):
            inside.sendall(request.encode())
            return read_all(inside)
    except ConnectRefused as refused:
        return refused.reply
    except (ssl.SSLError, ConnectionError):
        return b""  # cut: an answer too


def assert_works(gate: Sabotaged, site: tuple[Origin, Origin]) -> None:
    """Ordinary traffic, after all that."""
    reply = parse(raw(gate.proxy, get(site[0].url("/text"), KNOWN), PATIENCE))
    assert (reply.status, reply.body) == (200, TEXT)
    reply = parse(tunnelled(gate, site[1], "/text", KNOWN))
    assert (reply.status, reply.body) == (200, TEXT)
