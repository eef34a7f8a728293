"""`[policy] mode = "observe"` through a real gateway: everything is decided, nothing of it withheld."""

import base64
import gzip
import hashlib
import io
import json
import signal
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from live.client import OnlyH2, basic, get, raw, raw_tls
from live.console import console
from live.gateways import Gateway
from live.origin import Origin
from live.origin_h2 import Answer, H2Origin
from live.plays import answer
from live.processes import eventually
from live.sockets import accepting, ask, saying
from live.test_rows_windows import MIXED, SSE, chunks, event, part
from live.withheld import Reply, assert_withheld, parse
from plain_http import NO_TLS
from wsproto.events import BytesMessage, CloseConnection, TextMessage

OBSERVE = '[policy]\nmode = "observe"\nunreadable = "drop"\n'


@pytest.fixture(scope="module")
def observing(start_gateway: Callable[..., Gateway]) -> Iterator[Gateway]:
    with start_gateway(OBSERVE, console=True) as gateway:
        yield gateway
        assert json.loads(gateway.run("quarantine", "list", "--json").stdout) == []
        assert gateway.run("ledger", "verify").returncode == 0
    assert "Traceback" not in gateway.stderr()


def lines(gateway: Gateway, **facts: str) -> list[dict[str, Any]]:
    """The ledger's lines that say so, oldest first."""
    told = map(json.loads, gateway.run("ledger", "export").stdout.splitlines())
    return [line for line in told if all(line.get(name) == value for name, value in facts.items())]


def told(gateway: Gateway, url: str) -> dict[str, Any]:
    (line,) = eventually(lambda: lines(gateway, url=url), 5, "it is in the ledger")
    return line


def assert_observed(reply: Reply, body: bytes, verdict: str, observed: str) -> None:
    assert (reply.status, reply.body, reply.rest) == (200, body, b"")
    said = {name: value for name, value in reply.headers.items() if name.startswith("facegate-")}
    assert said.pop("facegate-request")
    assert said == {
        "facegate-verdict": verdict,
        "facegate-action": "pass",
        "facegate-observed": observed,
    }


def encrypted_zip() -> bytes:
    """As far as its heads say."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    data = bytearray(out.getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + offset] |= 1
    return bytes(data)


def test_what_would_be_withheld_comes_bit_for_bit(observing: Gateway, origin: Origin, face_jpeg: bytes) -> None:
    bodies = {
        "/face.jpg": (face_jpeg, "image/jpeg", [("ETag", '"1"')], "faces", "faces", "quarantine"),
        "/face.jpg.gz": (gzip.compress(face_jpeg), "image/jpeg", [("Content-Encoding", "gzip")], "faces", "faces",
                         "quarantine"),
        "/page": (b"<img src='data:image/jpeg;base64," + base64.b64encode(face_jpeg) + b"'>", "text/html", [],
                  "faces", "faces", "quarantine"),
        "/unknown": (b"\x93\x12\xfe\x07" * 999, "image/jpeg", [], "unreadable", "unknown-type", "drop"),
        "/locked.zip": (encrypted_zip(), "application/zip", [], "unreadable", "encrypted", "drop"),
        "/coded": (b"coded", "text/plain", [("Content-Encoding", "x-own")], "unreadable", "coding-unknown", "drop"),
    }  # fmt: skip
    for path, (body, kind, headers, verdict, reason, observed) in bodies.items():
        url = origin.route(path, answer(body, kind, headers=headers))
        reply = parse(raw(observing.proxy, get(url)))
        assert_observed(reply, body, verdict, observed)
        assert all(reply.headers[name.lower()] == value for name, value in headers)
        line = told(observing, url)
        assert (line["action"], line["observed"], line["reason"], line["status"]) == ("pass", observed, reason, 200)
        assert (line["digest"], line["record"]) == (hashlib.sha256(body).hexdigest(), "")
        assert line["versions"]["policy"] == "1:quarantine/drop:observe"


def test_what_is_clear_or_refused_is_as_ever(observing: Gateway, origin: Origin, face_jpeg: bytes) -> None:
    clear = origin.route("/text", answer(b"<p>text</p>", headers=[("Facegate-Observed", "drop")]))
    reply = parse(raw(observing.proxy, get(clear)))
    assert (reply.headers["facegate-verdict"], reply.headers.get("facegate-observed")) == ("clear", None)
    assert "observed" not in told(observing, clear)
    size = len(face_jpeg)
    ranges = [("Content-Range", f"bytes 0-{size - 1}/{size}")]
    part_of_it = origin.route("/part", answer(face_jpeg, "image/jpeg", status=206, headers=ranges))
    refused = assert_withheld(raw(observing.proxy, get(part_of_it)), face_jpeg, 502)
    assert refused.problem["reason"] == "partial-content"
    unknown = assert_withheld(raw(observing.proxy, get(clear, basic("nobody", "token"))), face_jpeg, 407)
    assert unknown.problem["reason"] == "bad-credentials"


def test_over_tls_and_http2(observing: Gateway, tls_origin: Origin, h2_origin: H2Origin, face_jpeg: bytes) -> None:
    url = tls_origin.route("/face.jpg", answer(face_jpeg, "image/jpeg", framing="chunked"))
    request = get(url.partition(f":{tls_origin.port}")[2])
    reply = raw_tls(observing.proxy, observing.ca, url, request)
    assert b"\r\nFacegate-Observed: quarantine\r\n" in reply
    assert reply.endswith(face_jpeg) or chunks(reply) == (face_jpeg, True)
    h2_origin.route("/face.jpg", Answer(face_jpeg))
    trust = OnlyH2.trusting(observing.ca)
    with httpx.Client(http2=True, proxy=observing.proxy, verify=trust, trust_env=False, timeout=20) as client:
        response = client.get(h2_origin.url("/face.jpg"))
    assert (response.http_version, response.status_code, response.content) == ("HTTP/2", 200, face_jpeg)
    assert response.headers["facegate-observed"] == "quarantine"


@pytest.fixture(scope="module")
def watcher(observing: Gateway, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A job that asks for streams and WebSockets."""
    file = tmp_path_factory.mktemp("jobs") / "watcher.toml"
    text = 'id = "watcher"\noperator = "o"\npurpose = "p"\nstreams = "inspect"\nwebsocket = "inspect"\n'
    file.write_text(f'{text}[scope]\nkind = "untargeted"\n')
    known = basic("watcher", json.loads(observing.run("job", "register", str(file), "--json").stdout)["token"])
    nowhere = get("http://127.0.0.1:1/", known)
    eventually(lambda: parse(raw(observing.proxy, nowhere)).status != 407, 5, "the job is known")
    return known


@pytest.fixture(scope="module")
def small(face_as: Callable[..., bytes]) -> bytes:
    return face_as("JPEG", size=(128, 128), quality=60)


def test_streams_go_on(
    observing: Gateway, watcher: str, origin: Origin, small: bytes, plain_as: Callable[..., bytes]
) -> None:
    calm = part(plain_as("JPEG", size=(120, 80), quality=60))
    pictures = calm + part(small) + calm + b"----frame--\r\n"
    events = event("calm") + event(base64.b64encode(small).decode(), 1) + event("calm", 2)
    locked = part(encrypted_zip(), "application/zip") + calm + b"----frame--\r\n"
    for path, body, kind, reason, observed in (
        ("/camera", pictures, MIXED, "faces", "quarantine"),
        ("/events", events, SSE, "faces", "quarantine"),
        ("/locked", locked, MIXED, "encrypted", "drop"),
    ):
        url = origin.route(path, answer(body, kind, framing="chunked"))
        assert chunks(raw(observing.proxy, get(url, watcher))) == (body, True)
        line = told(observing, url)
        assert (line["action"], line["observed"], line["reason"]) == ("pass", observed, reason)
        assert (line["released"], line["digest"]) == (len(body), hashlib.sha256(body).hexdigest())
        assert line["record"] == ""


def test_a_stream_that_would_have_ended_says_so_even_when_it_is_refused_later(
    observing: Gateway, watcher: str, origin: Origin, small: bytes
) -> None:
    words = "all work and no play makes a dull stream of words " * 400
    pieces = [event(base64.b64encode(small).decode()), *(event(f"{at} {words}", at) for at in range(60))]
    url = origin.route("/endless", answer(b"".join(pieces), SSE, framing="chunked", chunk=len(pieces[1])))
    body, ended = chunks(raw(observing.proxy, get(url, watcher)))
    assert not ended
    assert b"".join(pieces).startswith(body)
    line = told(observing, url)
    assert (line["action"], line["reason"]) == ("refuse", "limit-body")
    if body:  # else all of it came at once
        assert (line["observed"], line["observed_reason"]) == ("quarantine", "faces")


def test_a_websocket_goes_on(observing: Gateway, watcher: str, origin: Origin, small: bytes) -> None:
    script = saying(TextMessage("calm"), BytesMessage(small), TextMessage("calm again"), CloseConnection(1000))
    url = origin.route("/socket", accepting(script))
    head, peer = ask(observing.proxy, url, through=watcher)
    with peer:
        assert head.startswith(b"HTTP/1.1 101 ")
        assert [peer.message() for _ in range(3)] == ["calm", small, "calm again"]
        (closed,) = peer.rest()
    assert isinstance(closed, CloseConnection)
    assert closed.code == 1000
    (line,) = eventually(lambda: lines(observing, url=url, observed="quarantine"), 5, "it is in the ledger")
    assert (line["action"], line["reason"], line["record"]) == ("pass", "faces", "")


def test_a_job_over_its_budget_gets_more_and_no_more_is_counted(
    observing: Gateway, origin: Origin, face_jpeg: bytes, targeted_job: Callable[..., str]
) -> None:
    url = origin.route("/sought.jpg", answer(face_jpeg, "image/jpeg"))
    known = basic("sought", targeted_job(observing, "sought", max_releases=1))

    def in_force() -> Reply | None:
        reply = parse(raw(observing.proxy, get(url, known)))
        assert reply.body == face_jpeg
        return reply if "facegate-observed" not in reply.headers else None

    assert eventually(in_force, 5, "the approval counts").headers["facegate-action"] == "pass"
    for _ in range(3):
        reply = parse(raw(observing.proxy, get(url, known)))
        assert_observed(reply, face_jpeg, "faces", "quarantine")
    eventually(lambda: len(lines(observing, url=url, reason="budget-spent")) == 3, 5, "it is in the ledger")
    assert len(lines(observing, url=url, reason="targeted")) == 1
    elsewhere = parse(raw(observing.proxy, get(url.replace("127.0.0.1", "localhost"), known)))
    assert_observed(elsewhere, face_jpeg, "faces", "quarantine")


def test_a_quarantine_that_cannot_be_written_is_not_asked(
    start_gateway: Callable[..., Gateway], origin: Origin, face_jpeg: bytes
) -> None:
    url = origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
    with start_gateway('[policy]\nmode = "observe"\nfaces = "redact"\n') as gateway:
        vault = gateway.home / "vault"
        vault.rename(gateway.home / "away")
        vault.write_text("no folder")
        assert_observed(parse(raw(gateway.proxy, get(url))), face_jpeg, "faces", "redact")
        assert told(gateway, url)["observed"] == "redact"


def test_the_mode_changes_at_once_both_ways_and_is_told_everywhere(
    start_gateway: Callable[..., Gateway], origin: Origin, face_jpeg: bytes, add_user: Callable[..., None]
) -> None:
    url = origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
    with start_gateway(console=True) as gateway:
        assert "OBSERVE" not in gateway.said + gateway.stderr()
        add_user(gateway, "rita")
        enforcing = gateway.config.read_text()
        assert_withheld(raw(gateway.proxy, get(url)), face_jpeg, 451)
        assert_told(gateway, observing=False)

        gateway.config.write_text(enforcing + OBSERVE)
        gateway.signal(signal.SIGHUP)
        assert_observed(changed(gateway, url, 200), face_jpeg, "faces", "quarantine")
        assert "OBSERVE MODE: NOTHING IS WITHHELD" in gateway.stderr()
        assert_told(gateway, observing=True)

        gateway.config.write_text(enforcing)  # a changed file is seen without a signal
        assert changed(gateway, url, 451).headers["facegate-action"] == "quarantine"
        assert_withheld(raw(gateway.proxy, get(url)), face_jpeg, 451)
        assert "ENFORCE MODE again" in gateway.stderr()
        assert_told(gateway, observing=False)

        plain, loud = "1:quarantine/quarantine", "1:quarantine/drop:observe"
        changes = [(line["mode"], line["before"], line["policy"], line["source"])
                   for line in lines(gateway, event="policy-changed")]  # fmt: skip
        file = str(gateway.config)
        assert changes == [("observe", plain, loud, file), ("enforce", loud, plain, file)]
        (kept,) = json.loads(gateway.run("quarantine", "list", "--json").stdout)
        assert kept["sightings"] == len(lines(gateway, url=url, action="quarantine"))


def test_a_start_in_observe_mode_is_loud(observing: Gateway) -> None:
    assert "OBSERVE: nothing is withheld\nready\n" in observing.said
    assert observing.stderr().count("OBSERVE MODE: NOTHING IS WITHHELD") == 2  # by the supervisor and the one gateway
    (line,) = lines(observing, event="policy-changed")
    assert (line["mode"], line["before"], line["ledger"]) == ("observe", "", "gateway-0")


def changed(gateway: Gateway, url: str, status: int) -> Reply:
    def answered() -> Reply | None:
        reply = parse(raw(gateway.proxy, get(url)))
        return reply if reply.status == status else None

    return eventually(answered, 5, "the new policy is in force")


def assert_told(gateway: Gateway, *, observing: bool) -> None:
    """By the metrics and on the console's page, as soon as the gateway has written its status."""
    sample = f"\nfacegate_observe_mode {float(observing)}\n"
    eventually(
        lambda: sample in httpx.get(f"{gateway.console}/metrics", trust_env=False, verify=NO_TLS).text,
        30,
        "the metrics say so",
    )
    page = console(gateway, "/", "rita")
    assert page.status_code == 200
    assert ("Observe mode: nothing is withheld." in page.text) is observing
