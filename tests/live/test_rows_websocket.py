"""Rows on WebSockets of jobs that ask for them: each message is looked at before it leaves, and nothing else leaves."""

import base64
import json
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from live.client import basic
from live.gateways import Gateway
from live.origin import Exchange, Origin
from live.plays import frame, switch
from live.processes import eventually
from live.sockets import Peer, accepting, ask, echo, pieces, saying
from live.withheld import assert_withheld, assert_without, parse
from websockets.sync.client import connect as websocket_connect
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong, TextMessage
from wsproto.frame_protocol import CloseReason

PATIENCE = 60.0  # seconds; only a failure takes them


def asking(gateway: Gateway, folder: Path, name: str) -> str:
    """The credentials of a job that asks for WebSockets."""
    file = folder / f"{name}.toml"
    file.write_text(
        f'id = "{name}"\noperator = "o"\npurpose = "p"\nwebsocket = "inspect"\n[scope]\nkind = "untargeted"\n'
    )
    token = json.loads(gateway.run("job", "register", str(file), "--json").stdout)["token"]
    assert json.loads(gateway.run("job", "show", name, "--json").stdout)["websocket"] == "inspect"
    return basic(name, token)


@pytest.fixture(scope="session")
def talker(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> str:
    return asking(gateway, tmp_path_factory.mktemp("jobs"), "talker")


@pytest.fixture(scope="module")
def small(face_as: Callable[..., bytes]) -> bytes:
    return face_as("JPEG", size=(128, 128), quality=60)


@pytest.fixture(scope="module")
def plain(plain_as: Callable[..., bytes]) -> bytes:
    return plain_as("JPEG", size=(160, 120), quality=60)


def opened(gateway: Gateway, talker: str, url: str, *fields: str, ca: Path | None = None) -> Peer:
    head, peer = ask(gateway.proxy, url, *fields, through=talker, ca=ca)
    assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n"), head
    return peer


def refused(gateway: Gateway, talker: str, url: str, *fields: str) -> bytes:
    head, peer = ask(gateway.proxy, url, *fields, through=talker)
    with peer:
        while data := peer.sock.recv(65536):
            peer.got += data
    return head + peer.got


def assert_closed(events: list[Event], reason: str) -> None:
    (closed,) = events
    assert isinstance(closed, CloseConnection), closed
    assert (closed.code, closed.reason) == (CloseReason.POLICY_VIOLATION, f"facegate: {reason}")


@pytest.mark.parametrize("way", ["absolute", "tunnel", "tls"])
def test_what_is_clear_passes(gateway: Gateway, talker: str, origin: Origin, tls_origin: Origin, way: str) -> None:
    site = tls_origin if way == "tls" else origin
    url = site.route("/echo", accepting(echo, ("Sec-WebSocket-Protocol", "chat"), ("X-Room", "1")))
    ca = None if way == "absolute" else gateway.ca
    head, peer = ask(gateway.proxy, url, "Sec-WebSocket-Protocol: talk, chat", through=talker, ca=ca)
    with peer:
        fields = parse(head).headers
        assert (fields["upgrade"], fields["connection"], fields["x-room"]) == ("websocket", "Upgrade", "1")
        assert (fields["sec-websocket-protocol"], fields["facegate-verdict"]) == ("chat", "clear")
        for text in ("hello", "größer 🎉", "", "x y " * 5000):
            peer.say(TextMessage(text))
            assert peer.message() == text
        peer.say(*pieces("in fragments " * 20, 17))
        assert peer.message() == "in fragments " * 20
        for text in ('{"type":6}\x1e', "CONNECTED\nversion:1.2\n\n\0"):  # as SignalR and STOMP have it
            peer.say(TextMessage(text))
            assert peer.message() == text
        peer.say(BytesMessage(b'{"text": "in binary"}'))
        assert peer.message() == b'{"text": "in binary"}'
        peer.say(CloseConnection(4000, "done"))
        assert [event.code for event in peer.rest()] == [4000]
    (request,) = site.requests
    assert request.header("upgrade") == "websocket"
    assert request.header("proxy-authorization") is None


@pytest.mark.parametrize("secure", [False, True])
def test_an_ordinary_client(
    gateway: Gateway, talker: str, origin: Origin, tls_origin: Origin, plain: bytes, secure: bool
) -> None:
    """It offers compression, and wants its pings answered."""
    url = (tls_origin if secure else origin).route("/echo", accepting(echo)).replace("http", "ws", 1)
    known = base64.b64decode(talker.rpartition(" ")[2]).decode()
    trust = ssl.create_default_context(cafile=gateway.ca) if secure else None
    proxy = gateway.proxy.replace("http://", f"http://{known}@")
    with websocket_connect(url, proxy=proxy, ssl=trust, open_timeout=PATIENCE) as client:
        for said in ("hello", plain, "größer 🎉", b"in binary"):
            client.send(said)
            assert client.recv(PATIENCE) == said
        assert client.ping().wait(PATIENCE)
    assert client.close_code == 1000


def test_pictures_pass(
    gateway: Gateway, talker: str, origin: Origin, plain: bytes, plain_as: Callable[..., bytes]
) -> None:
    large = plain_as("PNG", size=(700, 600))
    texts = [TextMessage("one"), TextMessage("two")]
    script = saying(BytesMessage(plain), *texts, *pieces(large, 5000), *[BytesMessage(plain)] * 5, TextMessage("end"))
    with opened(gateway, talker, origin.route("/x", accepting(script))) as peer:
        expected = [plain, "one", "two", large, *[plain] * 5, "end"]
        assert [peer.message() for _ in expected] == expected


def test_a_message_is_there_before_the_next_is_said(gateway: Gateway, talker: str, origin: Origin) -> None:
    seen = threading.Event()

    def script(peer: Peer) -> None:
        for text in ("one", "two", "three"):
            peer.say(TextMessage(text))
            assert seen.wait(PATIENCE)
            seen.clear()

    with opened(gateway, talker, origin.route("/x", accepting(script))) as peer:
        for text in ("one", "two", "three"):
            assert peer.message() == text
            seen.set()
        assert peer.rest() == []  # the origin left without a word, and so does the gateway


def faces(small: bytes, plain: bytes) -> dict[str, list[Event]]:
    """What an origin says behind one clear message, to have a face arrive."""
    text = base64.b64encode(small).decode()
    lines = [text[at : at + 60] for at in range(0, len(text), 60)]
    half = len(small) // 2
    return {
        "a picture": [BytesMessage(small)],
        "a picture in fragments": pieces(small, 400),
        "a picture behind another": [BytesMessage(plain), BytesMessage(small)],
        "two pictures in one": [BytesMessage(plain + small)],
        "a picture in two messages": [BytesMessage(small[:half]), BytesMessage(small[half:])],
        "half of it, and a half": [BytesMessage(small[half:]), BytesMessage(small[:half])],
        "base64": [TextMessage(text)],
        "base64 in fragments": pieces(text, 100),
        "base64 over messages": [TextMessage(line) for line in lines],
        "base64 over messages of both sorts": [
            BytesMessage(line.encode()) if at % 2 else TextMessage(line) for at, line in enumerate(lines)
        ],
        "base64 in JSON over messages": [TextMessage(json.dumps({"n": at, "d": d})) for at, d in enumerate(lines)],
        "base64 between pictures": [
            each
            for at in range(0, len(lines), 20)
            for each in (BytesMessage(plain), TextMessage("".join(lines[at : at + 20])))
        ],
        "hex over messages": [TextMessage(small[at : at + 500].hex()) for at in range(0, len(small), 500)],
        "a data URI": [TextMessage("<img src='data:image/jpeg;base64," + text + "'>")],
        "bytes of no known kind": [BytesMessage(bytes(byte ^ 0x5A for byte in small))],
    }


# withheld before a face can be seen: a piece is no picture, and no text (of many messages it depends on their arrival)
IN_DOUBT = ("bytes of no known kind", "half of it, and a half", "base64 between pictures")


@pytest.mark.parametrize("name", faces(b"x" * 5000, b"y"))
def test_a_face_closes_it(gateway: Gateway, talker: str, origin: Origin, small: bytes, plain: bytes, name: str) -> None:
    """It never arrives whole, in whatever spelling; both sides are left."""
    left, seen = threading.Event(), threading.Event()

    def script(peer: Peer) -> None:
        peer.say(TextMessage("calm"))
        assert seen.wait(PATIENCE)
        try:
            saying(*faces(small, plain)[name], TextMessage("behind it"))(peer)
        finally:
            left.set()

    with opened(gateway, talker, origin.route("/x", accepting(script))) as peer:
        assert peer.message() == "calm"
        seen.set()
        events = peer.rest()
        closed = events[-1]
        assert isinstance(closed, CloseConnection)
        assert closed.code == CloseReason.POLICY_VIOLATION
        assert closed.reason in ("facegate: faces", "facegate: unknown-type", "facegate: undecodable")
        assert "over messages" in name or ("faces" in closed.reason) != (name in IN_DOUBT)
        assert_without(peer.got, small[1000:])
        assert_without(peer.got, small[1000:].hex().encode())
        assert base64.b64encode(small)[-40:] not in peer.got
        assert b"behind it" not in peer.got
    assert left.wait(PATIENCE)


def test_a_cut_is_written_down(gateway: Gateway, talker: str, origin: Origin, small: bytes) -> None:
    url = origin.route("/told", accepting(saying(TextMessage("calm"), BytesMessage(small))))
    with opened(gateway, talker, url) as peer:
        assert peer.message() == "calm"
        assert_closed(peer.rest(), "faces")
    (line,) = eventually(lambda: ledger(gateway, url), PATIENCE, "its line is written")
    assert (line["reason"], line["action"], line["origin_status"]) == ("faces", "quarantine", 101)
    assert line["released"] == len(frame(b"calm"))
    exported = gateway.home.with_name("said")
    gateway.run("quarantine", "export", str(line["record"]), "-o", str(exported))
    assert exported.read_bytes() == small


def test_an_end_is_written_down(gateway: Gateway, talker: str, origin: Origin) -> None:
    url = origin.route("/ended", accepting(saying(TextMessage("calm"), CloseConnection(1001, "bye"))))
    with opened(gateway, talker, url) as peer:
        assert peer.message() == "calm"
        (closed,) = peer.rest()
        assert (closed.code, closed.reason or "") == (1001, "")
    (line,) = eventually(lambda: ledger(gateway, url), PATIENCE, "its line is written")
    assert (line["reason"], line["action"], line["released"]) == ("clear", "pass", len(frame(b"calm")))


def ledger(gateway: Gateway, url: str) -> list[dict[str, object]]:
    lines = map(json.loads, gateway.run("ledger", "export").stdout.splitlines())
    return [entry for line in lines if (entry := line.get("entry", line)).get("url") == url]


def test_control_frames_carry_nothing(gateway: Gateway, talker: str, origin: Origin, small: bytes) -> None:
    """Each side's pings are answered by the gateway; the client's go on to the origin."""
    heard: list[Event] = []
    pings = [Ping(small[at : at + 125]) for at in range(0, len(small), 125)]
    pongs = [Pong(small[at : at + 125]) for at in range(0, len(small), 125)]

    def script(peer: Peer) -> None:
        peer.say(*pings, *pongs)
        while not {Ping(b"are you there"), Pong(pings[-1].payload)} <= {*heard}:
            heard.append(peer.hear())
        peer.say(TextMessage("said"), CloseConnection(3999, "/9j/" + "A" * 100))

    with opened(gateway, talker, origin.route("/x", accepting(script))) as peer:
        peer.say(Ping(b"are you there"))
        answered = peer.hear()
        assert isinstance(answered, Pong)
        assert answered.payload == b"are you there"
        assert peer.message() == "said"
        (closed,) = peer.rest()
        assert (closed.code, closed.reason or "") == (3999, "")
        assert_without(peer.got, small)
        assert small[:125] not in peer.got
        assert b"/9j/" not in peer.got
    assert {event.payload for event in heard if isinstance(event, Pong)} <= {event.payload for event in pings}
    assert [event.payload for event in heard if isinstance(event, Ping)] == [b"are you there"]


def test_whoever_does_not_ask_gets_none(gateway: Gateway, origin: Origin, small: bytes) -> None:
    url = origin.route("/x", accepting(saying(BytesMessage(small))))
    assert_withheld(refused(gateway, "", url), small, 502)
    (request,) = origin.requests
    assert not [name for name, _ in request.headers if name.startswith("sec-websocket") or name == "upgrade"]


@pytest.mark.parametrize(
    "field",
    [
        "Upgrade: h2c",
        "Sec-WebSocket-Version: 12",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: a b",
        "Content-Length: 1",
    ],
)
def test_no_other_handshake_leaves(gateway: Gateway, talker: str, origin: Origin, small: bytes, field: str) -> None:
    url = origin.route("/x", accepting(saying(BytesMessage(small))))
    if field.startswith("Content"):
        field += "\r\n\r\nx"
    assert_withheld(refused(gateway, talker, url, field), small, 502)
    (request,) = origin.requests
    assert not [name for name, _ in request.headers if name.startswith("sec-websocket") or name == "upgrade"]


def test_no_extension_is_asked_for(gateway: Gateway, talker: str, origin: Origin) -> None:
    url = origin.route("/x", accepting(saying(TextMessage("calm"))))
    with opened(gateway, talker, url, "Sec-WebSocket-Extensions: permessage-deflate") as peer:
        assert peer.message() == "calm"
    assert origin.requests[0].header("sec-websocket-extensions") is None


@pytest.mark.parametrize(
    "field",
    [
        ("Sec-WebSocket-Extensions", "permessage-deflate"),
        ("Sec-WebSocket-Extensions", ""),
        ("Sec-WebSocket-Protocol", "chat"),
        ("Sec-WebSocket-Accept", "another"),
        ("Upgrade", "something"),
        ("Transfer-Encoding", "chunked"),
    ],
)
def test_no_other_answer_passes(
    gateway: Gateway, talker: str, origin: Origin, small: bytes, field: tuple[str, str]
) -> None:
    url = origin.route("/x", accepting(saying(BytesMessage(small)), field))
    assert assert_withheld(refused(gateway, talker, url), small, 502).problem["reason"] == "origin-protocol"


def test_a_switch_to_something_else(gateway: Gateway, talker: str, origin: Origin, small: bytes) -> None:
    assert_withheld(refused(gateway, talker, origin.route("/x", switch(small))), small, 502)
    assert_withheld(refused(gateway, talker, origin.route("/y", switch(small, "websocket"))), small, 502)
    url = origin.route("/z", accepting(saying(BytesMessage(small)), wrong="x" * 28))
    assert_withheld(refused(gateway, talker, url), small, 502)


def test_an_answer_that_is_no_switch(gateway: Gateway, talker: str, origin: Origin) -> None:
    url = origin.route("/x", b"HTTP/1.1 403 No\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope")
    reply = parse(refused(gateway, talker, url, "Connection: close"))
    assert (reply.status, reply.body) == (403, b"nope")


def test_the_head_is_looked_at(gateway: Gateway, talker: str, origin: Origin, small: bytes) -> None:
    text = base64.b64encode(small).decode()
    url = origin.route("/x", accepting(saying(TextMessage("x")), ("X-Data", text)))
    assert_withheld(refused(gateway, talker, url), text.encode(), 451)
    lines = [("Set-Cookie", f"c{at}={text[at : at + 80]}") for at in range(0, len(text), 80)]
    url = origin.route("/y", accepting(saying(TextMessage("x")), *lines))
    assert_withheld(refused(gateway, talker, url), text.encode(), 451)
    url = origin.route("/z", accepting(saying(TextMessage("x")), *[(f"X-{at}", "v" * 90) for at in range(400)]))
    assert_withheld(refused(gateway, talker, url), text.encode(), 502)


@pytest.mark.parametrize(
    "said",
    [
        b"\xc1\x05" + b"abcde",  # compressed, says the first reserved bit
        b"\x83\x00",  # a kind that nobody knows
        b"\x81\x85abcd" + b"abcde",  # masked
        b"\x80\x05abcde",  # goes on with nothing
        b"\x01\x01a\x81\x01b",  # begins anew inside
        b"\x81\x02\xff\xfe",  # no text
        b"\x09\x00",  # a ping in pieces
        b"\x89\x7e\x00\xff" + b"p" * 255,  # a long ping
        b"\x81\x7e\x00\x05abcde",  # a long way to say five
        b"\x88\x01x",  # half a code
    ],
)
def test_what_is_no_websocket(gateway: Gateway, talker: str, origin: Origin, said: bytes) -> None:
    url = origin.route("/x", accepting(saying(TextMessage("calm"), said)))
    with opened(gateway, talker, url) as peer:
        events = peer.rest()
        assert [event.data for event in events[:-1]] in ([], ["calm"])
        assert_closed(events[-1:], "origin-protocol")


def test_more_text_than_is_looked_at(gateway: Gateway, talker: str, origin: Origin) -> None:
    words = "all work and no play makes a dull socket of words " * 400
    script = saying(*(TextMessage(f"{at} {words}") for at in range(60)))
    with opened(gateway, talker, origin.route("/x", accepting(script))) as peer:
        assert_closed(peer.rest()[-1:], "limit-body")
        assert len(peer.got) < (1 << 20) + 1000


def test_a_message_without_end(gateway: Gateway, talker: str, origin: Origin) -> None:
    def script(peer: Peer) -> None:
        for _ in range(1000):
            peer.say(BytesMessage(b"e" * 65536, message_finished=False))

    with opened(gateway, talker, origin.route("/x", accepting(script))) as peer:
        assert_closed(peer.rest(), "limit-body")


def test_messages_of_nothing_have_an_end(gateway: Gateway, talker: str, origin: Origin) -> None:
    script = saying(*[frame(b"", 1) * 10_000] * 60)
    with opened(gateway, talker, origin.route("/x", accepting(script))) as peer:
        assert_closed(peer.rest()[-1:], "limit-body")


def test_silence_is_cut(hasty: Gateway, origin: Origin, tmp_path: Path) -> None:
    """Each message has the time of a whole response; pings are none."""
    known = asking(hasty, tmp_path, "silent")

    def script(peer: Peer) -> None:
        peer.say(TextMessage("calm"))
        for _ in range(20):
            peer.say(Ping(b"x"))
            peer.hear()
        peer.rest()

    with opened(hasty, known, origin.route("/x", accepting(script))) as peer:
        assert peer.message() == "calm"
        assert_closed(peer.rest(), "limit-seconds")


def test_a_client_that_leaves(gateway: Gateway, talker: str, origin: Origin) -> None:
    left = threading.Event()

    def script(peer: Peer) -> None:
        peer.say(TextMessage("calm"))
        peer.rest()
        left.set()

    url = origin.route("/left", accepting(script))
    with opened(gateway, talker, url) as peer:
        assert peer.message() == "calm"
    assert left.wait(PATIENCE)
    lines = eventually(lambda: ledger(gateway, url), PATIENCE, "its line is written")
    assert [line["reason"] for line in lines] == ["client-left"]


def test_what_a_client_says(gateway: Gateway, talker: str, origin: Origin, small: bytes) -> None:
    """Its own messages pass as they are, those it sent before the answer too; what is no WebSocket ends it."""
    heard: list[object] = []

    def script(peer: Peer) -> None:
        heard.extend(peer.message() for _ in range(3))
        peer.say(TextMessage("heard"))
        peer.rest()

    with opened(gateway, talker, origin.route("/x", accepting(script))) as peer:
        peer.say(BytesMessage(small), *pieces(small * 20, 3000), *pieces("größer 🎉" * 50, 7))
        assert peer.message() == "heard"
        peer.sock.sendall(b"\x81\x05abcde")  # unmasked
        assert_closed(peer.rest(), "client-protocol")
    assert heard == [small, small * 20, "größer 🎉" * 50]


def test_a_targeted_job_spends_its_releases(
    gateway: Gateway,
    origin: Origin,
    small: bytes,
    targeted_job: Callable[..., str],
    add_user: Callable[..., None],
    tmp_path: Path,
) -> None:
    targeted_job(gateway, "seeker-template", approve=False, max_releases=2)
    text = gateway.home.with_name("seeker-template.toml").read_text().replace("seeker-template", "seeker")
    file = tmp_path / "seeker.toml"
    file.write_text(text.replace("[scope]", 'websocket = "inspect"\n[scope]'))
    token = json.loads(gateway.run("job", "register", str(file), "--json").stdout)["token"]
    add_user(gateway, "rita")
    gateway.run("job", "approve", "seeker", "--as", "rita")
    url = origin.route("/x", accepting(saying(*[BytesMessage(small)] * 3)))

    def said() -> list[Event]:
        with opened(gateway, basic("seeker", token), url) as peer:
            return peer.rest()

    heard = eventually(lambda: events if len(events := said()) > 1 else [], PATIENCE, "an approval counts")
    assert [event.data for event in heard[:-1]] == [small, small]
    assert_closed(heard[-1:], "budget-spent")


def test_a_body_follows_no_switch(gateway: Gateway, talker: str, origin: Origin, small: bytes) -> None:
    """A face in the same segment as the head."""

    def play(exchange: Exchange) -> None:
        sent: list[bytes] = []
        whole = Exchange(exchange.request, exchange.sock, exchange.stopped)
        object.__setattr__(whole, "send", sent.append)
        accepting(lambda _peer: None)(whole)
        exchange.send(b"".join(sent) + frame(small))
        exchange.read()

    with opened(gateway, talker, origin.route("/x", play)) as peer:
        assert_closed(peer.rest(), "faces")
        assert_without(peer.got, small)
