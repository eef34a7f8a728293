"""Rows on bodies without an end: each window is looked at before it leaves; what does not pass breaks it off."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from live.client import OnlyH2, basic, connect, get, raw, raw_tls, read_all
from live.gateways import Gateway
from live.origin import Exchange, Origin, Play, read_until
from live.origin_h2 import Answer, H2Origin
from live.plays import answer
from live.withheld import assert_withheld, assert_without, parse

SSE = "text/event-stream"
MIXED = 'multipart/x-mixed-replace; boundary="--frame"'
PATIENCE = 20.0


def head(kind: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data) if data else b"0\r\n\r\n"


def event(data: str, number: int = 0) -> bytes:
    return f"id: {number}\nevent: message\ndata: {data}\n\n".encode()


def part(body: bytes, kind: str = "image/jpeg") -> bytes:
    return b"----frame\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s\r\n" % (kind.encode(), len(body), body)


def stream(kind: str, *pieces: bytes, left: threading.Event, seen: threading.Event | None = None) -> Play:
    """All of it, but after the first piece and the beginning of the second not until that was `seen`; no end. `left` is
    set when the other side closes."""
    whole, first = b"".join(pieces), len(pieces[0]) + 15

    def play(exchange: Exchange) -> None:
        exchange.send(head(kind) + chunk(whole[:first]))
        if seen is not None:
            assert seen.wait(PATIENCE)
        for at in range(first, len(whole), 4000):
            exchange.send(chunk(whole[at : at + 4000]))
        while exchange.read():
            pass
        left.set()

    return play


def watched(gateway: Gateway, watcher: str, url: str, mark: bytes, seen: threading.Event) -> bytes:
    with connect(gateway.proxy) as sock:
        sock.sendall(get(url, watcher))
        got = read_until(sock, mark)
        seen.set()
        return got + read_all(sock)


def asking(gateway: Gateway, folder: Path, name: str) -> str:
    """The credentials of a job that asks for streams."""
    file = folder / f"{name}.toml"
    file.write_text(
        f'id = "{name}"\noperator = "o"\npurpose = "p"\nstreams = "inspect"\n[scope]\nkind = "untargeted"\n'
    )
    token = json.loads(gateway.run("job", "register", str(file), "--json").stdout)["token"]
    assert json.loads(gateway.run("job", "show", name, "--json").stdout)["streams"] == "inspect"
    return basic(name, token)


@pytest.fixture(scope="session")
def watcher(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> str:
    return asking(gateway, tmp_path_factory.mktemp("jobs"), "watcher")


@pytest.fixture(scope="module")
def small(face_as: Callable[..., bytes]) -> bytes:
    return face_as("JPEG", size=(128, 128), quality=60)


@pytest.fixture(scope="module")
def frames(plain_as: Callable[..., bytes]) -> list[bytes]:
    return [plain_as("JPEG", size=(120 + at, 80), quality=60) for at in range(8)]


def chunks(reply: bytes) -> tuple[bytes, bool]:
    """The body of a chunked reply, and whether it came to its end."""
    _, _, body = reply.partition(b"\r\n\r\n")
    out = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        if size == b"0":
            return out, True
        out, body = out + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return out, False


def test_what_is_clear_comes_at_once(gateway: Gateway, watcher: str, origin: Origin) -> None:
    """Each event is there before the origin says the next, and the head before the end."""
    seen = [threading.Event() for _ in range(3)]

    def play(exchange: Exchange) -> None:
        exchange.send(head(SSE))
        for at, each in enumerate(seen):
            exchange.send(chunk(event(f"number {at}", at)))
            assert each.wait(PATIENCE)
        exchange.send(b"0\r\n\r\n")

    with connect(gateway.proxy) as sock:
        sock.sendall(get(origin.route("/events", play), watcher))
        got = b""
        for at, each in enumerate(seen):
            got += read_until(sock, b"number %d\n\n" % at)
            each.set()
        got += read_all(sock)
    assert parse(got).headers["facegate-verdict"] == "clear"
    assert parse(got).headers["facegate-action"] == "pass"
    assert chunks(got) == (b"".join(event(f"number {at}", at) for at in range(3)), True)


def test_pictures_come_one_by_one(gateway: Gateway, watcher: str, origin: Origin, frames: list[bytes]) -> None:
    seen = [threading.Event() for _ in frames]

    def play(exchange: Exchange) -> None:
        exchange.send(head(MIXED))
        for frame, each in zip(frames, [None, *seen], strict=False):
            exchange.send(chunk(part(frame)))
            assert each is None or each.wait(PATIENCE)  # a part is whole when the next begins
        exchange.send(chunk(b"----frame--\r\n") + b"0\r\n\r\n")

    with connect(gateway.proxy) as sock:
        sock.sendall(get(origin.route("/camera", play), watcher))
        got = b""
        for frame, each in zip(frames[:-1], seen, strict=False):
            got += read_until(sock, frame[-40:])
            each.set()
        got += read_all(sock)
    assert chunks(got) == (b"".join(map(part, frames)) + b"----frame--\r\n", True)


def faces(small: bytes, frames: list[bytes]) -> dict[str, tuple[str, list[bytes]]]:
    """Streams that have a face behind what is clear."""
    text = base64.b64encode(small).decode()
    lines = [text[at : at + 60] for at in range(0, len(text), 60)]
    calm = [event(f"calm {at}", at) for at in range(3)]
    return {
        "one event": (SSE, [*calm, event(text)]),
        "one event in lines": (SSE, [*calm, b"data: " + "\ndata: ".join(lines).encode() + b"\n\n"]),
        "an event for each line": (SSE, [*calm, *(event(line, at) for at, line in enumerate(lines))]),
        "an event in JSON for each line": (SSE, [*calm, *(event(json.dumps({"t": line})) for line in lines)]),
        "hex, in short pieces": (SSE, [*calm, *(event(small[at : at + 15].hex()) for at in range(0, len(small), 15))]),
        "its own bytes": (SSE, [*calm, small + b"\n\n"]),
        "a line of NDJSON": ("application/x-ndjson", [b'{"a":1}\n', json.dumps({"p": text}).encode() + b"\n"]),
        "a part": (MIXED, [part(frames[0]), part(frames[1]), part(small), part(frames[2])]),
        "a part in two chunks": (MIXED, [part(frames[0]), part(small)[:999], part(small)[999:], part(frames[2])]),
        "a part cut into parts": (MIXED, [part(frames[0]), part(small[:2000]), part(small[2000:]), part(frames[2])]),
        "text parts": (MIXED, [part(frames[0]), *(part(line.encode(), "text/plain") for line in lines)]),
        "heads of parts": (
            MIXED,
            [
                part(frames[0]),
                *(part(frames[1]).replace(b"\r\n\r\n", f"\r\nX: {x}\r\n\r\n".encode(), 1) for x in lines),
            ],
        ),
        "behind the last part": (MIXED, [part(frames[0]) + b"----frame--\r\n", small]),
        "before the first": (
            MIXED,
            [b"preamble\r\n" + part(frames[0]), b"--frame\r\n\r\n" + small + b"\r\n----frame--"],
        ),
        "a lying length": (MIXED, [part(frames[0]), part(small).replace(b"Length: ", b"Length: 1"), part(frames[1])]),
        "a coded part": (
            MIXED,
            [part(frames[0]), part(small).replace(b"Content-L", b"Content-Encoding: x\r\nContent-L")],
        ),
    }


@pytest.mark.parametrize("name", faces(b"x" * 5000, [b"y"] * 8))
def test_a_face_breaks_it_off(
    gateway: Gateway, watcher: str, origin: Origin, small: bytes, frames: list[bytes], name: str
) -> None:
    """The client sees a cut, not an end; the origin is left."""
    kind, pieces = faces(small, frames)[name]
    left, seen = threading.Event(), threading.Event()
    if kind == MIXED:
        pieces += [b"----frame\r\n"]  # a part is whole when the next begins
    url = origin.route("/x", stream(kind, *pieces, left=left, seen=seen))
    reply = watched(gateway, watcher, url, pieces[0][-40:].partition(b"\r\n")[0], seen)
    body, ended = chunks(reply)
    assert parse(reply).status == 200
    assert body
    assert not ended
    assert b"".join(pieces).startswith(body)
    assert_without(body, small[1000:])
    assert base64.b64encode(small)[-40:] not in body
    assert left.wait(PATIENCE)


def test_a_face_first_is_a_refusal(gateway: Gateway, watcher: str, origin: Origin, small: bytes) -> None:
    text = base64.b64encode(small).decode()
    reply = raw(gateway.proxy, get(origin.route("/x", answer(event(text), SSE)), watcher))
    withheld = assert_withheld(reply, text.encode(), 451)
    assert withheld.problem["reason"] == "faces"
    shown = json.loads(gateway.run("quarantine", "show", withheld.problem["record"], "--json").stdout)
    assert (shown["content_type"], shown["reason"]) == (SSE, "faces")


def test_a_cut_is_written_down(
    gateway: Gateway, watcher: str, origin: Origin, small: bytes, frames: list[bytes]
) -> None:
    left, seen = threading.Event(), threading.Event()
    play = stream(MIXED, part(frames[0]), part(small), part(frames[1]), left=left, seen=seen)
    url = origin.route("/written-down", play)
    watched(gateway, watcher, url, frames[0][-40:], seen)
    line = next(line for line in ledger(gateway) if line.get("url") == url)
    assert (line["reason"], line["action"], line["released"]) == ("faces", "quarantine", len(part(frames[0])))
    exported = gateway.home.with_name("exported")
    gateway.run("quarantine", "export", line["record"], "-o", str(exported))
    assert exported.read_bytes() == small


def ledger(gateway: Gateway) -> Iterator[dict[str, object]]:
    for line in gateway.run("ledger", "export").stdout.splitlines():
        entry = json.loads(line)
        yield entry.get("entry", entry)


def test_whoever_does_not_ask_gets_it_whole(gateway: Gateway, origin: Origin, small: bytes) -> None:
    calm = b"".join(event(f"calm {at}", at) for at in range(3))
    assert chunks(raw(gateway.proxy, get(origin.route("/x", answer(calm, SSE, framing="chunked"))))) == (calm, True)
    sick = calm + event(base64.b64encode(small).decode())
    assert_withheld(raw(gateway.proxy, get(origin.route("/x", answer(sick, SSE, framing="chunked")))), small, 451)


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
@pytest.mark.parametrize("secure", [False, True])
def test_every_framing(
    gateway: Gateway, watcher: str, origin: Origin, tls_origin: Origin, framing: str, secure: bool
) -> None:
    site, body = (tls_origin if secure else origin), b"".join(event(f"calm {at}", at) for at in range(300))
    url = site.route("/x", answer(body, SSE, framing=framing, chunk=100))
    for _ in range(2):
        if secure:
            reply = raw_tls(gateway.proxy, gateway.ca, url, get("/x"), watcher)
        else:
            reply = raw(gateway.proxy, get(url, watcher))
        assert chunks(reply) == (body, True)
    assert chunks(raw(gateway.proxy, get(site.route("/x", answer(b"", SSE, framing=framing)), watcher)))[0] == b""


def test_more_text_than_is_looked_at(gateway: Gateway, watcher: str, origin: Origin) -> None:
    words = "all work and no play makes a dull stream of words " * 400
    pieces = [event(f"{at} {words}", at) for at in range(60)]
    left, seen = threading.Event(), threading.Event()
    url = origin.route("/x", stream(SSE, *pieces, left=left, seen=seen))
    body, ended = chunks(watched(gateway, watcher, url, b"0 all work", seen))
    assert not ended
    assert b"".join(pieces).startswith(body)
    assert len(body) <= 1 << 20


def test_a_stream_faster_than_the_look(gateway: Gateway, watcher: str, origin: Origin, frames: list[bytes]) -> None:
    body = b"".join(part(frame) for frame in frames * 20)
    url = origin.route("/x", answer(body + b"----frame--\r\n", MIXED, framing="close"))
    assert chunks(raw(gateway.proxy, get(url, watcher))) == (body + b"----frame--\r\n", True)


def test_a_part_without_end(gateway: Gateway, watcher: str, origin: Origin, face_jpeg: bytes) -> None:
    def play(exchange: Exchange) -> None:
        exchange.send(head(MIXED) + chunk(part(b"x")[:-3]))
        while not exchange.stopped.is_set():
            exchange.send(chunk(b"e" * 65536))

    reply = raw(gateway.proxy, get(origin.route("/x", play), watcher))
    assert assert_withheld(reply, face_jpeg, 502).problem["reason"] == "limit-body"


def test_silence_is_cut(hasty: Gateway, origin: Origin, tmp_path: Path) -> None:
    """Each window has the time of a whole response."""
    known = asking(hasty, tmp_path, "patient")

    def play(exchange: Exchange) -> None:
        exchange.send(head(SSE))
        for at in range(6):
            exchange.send(chunk(event(f"calm {at}", at)))
            exchange.stopped.wait(0.6)
        exchange.stopped.wait()

    body, ended = chunks(raw(hasty.proxy, get(origin.route("/x", play), known)))
    assert body.count(b"calm") == 6
    assert not ended
    whole = raw(hasty.proxy, get(origin.route("/x", play)))
    assert assert_withheld(whole, event("calm") * 9, 504).problem["reason"] == "limit-seconds"


def test_a_client_that_leaves(gateway: Gateway, watcher: str, origin: Origin, frames: list[bytes]) -> None:
    left = threading.Event()
    url = origin.route("/x", stream(MIXED, *map(part, frames), left=left))
    with connect(gateway.proxy) as sock:
        sock.sendall(get(url, watcher))
        read_until(sock, frames[0][-40:])
    assert left.wait(PATIENCE)


def test_an_origin_that_breaks_off(gateway: Gateway, watcher: str, origin: Origin) -> None:
    def play(exchange: Exchange) -> None:
        exchange.send(head(SSE) + chunk(event("calm")) + b"5\r\nab")

    body, ended = chunks(raw(gateway.proxy, get(origin.route("/x", play), watcher)))
    assert (body, ended) == (event("calm"), False)


def test_over_http2(
    gateway: Gateway, watcher: str, h2_origin: H2Origin, tls_origin: Origin, small: bytes, frames: list[bytes]
) -> None:
    name, token = base64.b64decode(watcher.rpartition(" ")[2]).decode().split(":", 1)
    proxy = gateway.proxy.replace("http://", f"http://{name}:{token}@")
    with httpx.Client(http2=True, proxy=proxy, verify=OnlyH2.trusting(gateway.ca), timeout=20) as client:
        calm = b"".join(map(part, frames)) + b"----frame--"
        url = h2_origin.route("/calm", Answer(calm, [("content-type", MIXED)]))
        reply = client.get(url)
        assert (reply.http_version, reply.status_code, reply.content) == ("HTTP/2", 200, calm)
        sick = part(frames[0]) + part(small) + part(frames[1])
        for broken in (
            h2_origin.route("/sick", Answer(sick, [("content-type", MIXED)])),
            tls_origin.route("/sick", answer(sick, MIXED)),
        ):
            with client.stream("GET", broken) as response, pytest.raises(httpx.RemoteProtocolError):
                b"".join(response.iter_raw())
            assert response.status_code == 200
        assert client.get(url).content == calm
