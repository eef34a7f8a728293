"""`[policy] faces = "redact"` through a real gateway: the crawler gets the picture without the face, nothing else."""

import base64
import gzip
import hashlib
import io
import json
import signal
from collections.abc import Callable, Iterator

import httpx
import numpy as np
import pytest
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.detection.picture import Picture
from live.client import OnlyH2, basic, get, raw, raw_tls
from live.gateways import Gateway
from live.origin import Exchange, Origin
from live.origin_h2 import Answer, H2Origin
from live.plays import answer
from live.processes import eventually
from live.withheld import Reply, assert_quiet, assert_withheld, parse
from PIL import Image

REDACT = '[policy]\nfaces = "redact"\n'
NOTE = b"a note that only the original has"
STAMP = "Mon, 07 Jul 2025 07:07:07 GMT"


@pytest.fixture(scope="module")
def redacting(start_gateway: Callable[..., Gateway], face_jpeg: bytes) -> Iterator[Gateway]:
    with start_gateway(REDACT) as gateway:
        yield gateway
    assert_quiet(gateway.stderr(), face_jpeg)


@pytest.fixture(scope="module")
def detector() -> FaceDetector:
    return FaceDetector.load()


@pytest.fixture(scope="module")
def portrait(face_as: Callable[..., bytes]) -> bytes:
    """With all that a camera and an editor put beside the pixels, a thumbnail among them."""
    notes = Image.Exif()
    notes[0x010E] = NOTE.decode()
    exif = notes.tobytes() + face_as("JPEG", size=(160, 160))
    return face_as("JPEG", exif=exif, comment=NOTE, xmp=b"<x>" + NOTE, icc_profile=NOTE * 20) + NOTE


def assert_redacted(reply: Reply, original: bytes, detector: FaceDetector) -> None:
    """A whole picture of the same format and size without the face, and without a note."""
    assert reply.status == 200
    assert reply.headers["content-length"] == str(len(reply.body))
    assert reply.rest == b""
    assert (reply.headers["facegate-verdict"], reply.headers["facegate-action"]) == ("faces", "redact")
    assert "facegate-reason" not in reply.headers
    assert "facegate-record" not in reply.headers
    assert NOTE not in reply.body
    before, after = Image.open(io.BytesIO(original)), Image.open(io.BytesIO(reply.body))
    assert (after.format, after.size) == (before.format, before.size)
    assert not after.getexif()
    assert not {"comment", "xmp", "icc_profile"} & set(after.info)
    assert detector.detect(Picture(np.asarray(after.convert("RGB"))), thorough=True) == []
    old, new = (np.asarray(image.convert("RGB").resize((64, 64)), dtype=int) for image in (before, after))
    assert np.abs(new - old)[8:22, 22:33].mean() > 20  # where the astronaut's face is
    assert np.abs(new - old)[30:].mean() < 5


def told(gateway: Gateway, url: str) -> dict[str, object]:
    """The newest ledger line on `url`."""

    def line() -> dict[str, object] | None:
        lines = map(json.loads, gateway.run("ledger", "tail", "--json").stdout.splitlines())
        return next((entry for entry in [*lines][::-1] if entry.get("url") == url), None)

    return eventually(line, 5, "it is in the ledger")


def test_the_face_is_gone_and_the_head_is_true(
    redacting: Gateway, origin: Origin, portrait: bytes, detector: FaceDetector
) -> None:
    digest = base64.b64encode(hashlib.sha256(portrait).digest()).decode()
    headers = [
        ("ETag", '"of-the-original"'), ("Last-Modified", STAMP), ("Cache-Control", "max-age=60"),
        ("Digest", f"SHA-256={digest}"), ("Content-Digest", f"sha-256=:{digest}:"), ("Accept-Ranges", "bytes"),
        ("Content-MD5", base64.b64encode(hashlib.md5(portrait, usedforsecurity=False).digest()).decode()),
    ]  # fmt: skip
    url = origin.route("/face.jpg", answer(portrait, "image/jpeg", headers=headers))
    reply = parse(raw(redacting.proxy, get(url)))
    assert_redacted(reply, portrait, detector)
    sent = hashlib.sha256(reply.body).hexdigest()
    assert reply.headers["etag"] == f'"facegate-{sent[:32]}"'
    assert (reply.headers["content-type"], reply.headers["last-modified"]) == ("image/jpeg", STAMP)
    assert reply.headers["cache-control"] == "max-age=60"
    assert not {"digest", "content-digest", "content-md5", "accept-ranges"} & set(reply.headers)

    line = told(redacting, url)
    assert (line["action"], line["reason"], line["status"], line["record"]) == ("redact", "faces", 200, "")
    assert (line["digest"], line["redacted"]) == (hashlib.sha256(portrait).hexdigest(), sent)
    assert (line["versions"]["policy"], line["size"]) == ("1:redact-solid/quarantine", len(portrait))
    assert line["versions"]["redaction"]
    assert json.loads(redacting.run("quarantine", "list", "--json").stdout) == []  # nothing of the original is kept
    assert parse(raw(redacting.proxy, get(url))).body == reply.body  # the same each time


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
@pytest.mark.parametrize("coded", [False, True])
def test_however_it_was_coded_and_framed(
    redacting: Gateway,
    tls_origin: Origin,
    face_as: Callable[..., bytes],
    detector: FaceDetector,
    framing: str,
    coded: bool,
) -> None:
    png = face_as("PNG", size=(256, 256))
    body, headers = (gzip.compress(png), [("Content-Encoding", "gzip")]) if coded else (png, [])
    url = tls_origin.route("/face.png", answer(body, "image/png", framing=framing, headers=headers))
    request = get(url.partition(f":{tls_origin.port}")[2])
    reply = parse(raw_tls(redacting.proxy, redacting.ca, url, request))
    assert_redacted(reply, png, detector)
    assert not {"content-encoding", "transfer-encoding"} & set(reply.headers)


def test_over_http2(redacting: Gateway, h2_origin: H2Origin, portrait: bytes, detector: FaceDetector) -> None:
    h2_origin.route("/face.jpg", Answer(portrait, trailers=[("x-a", "b")]))
    client = httpx.Client(
        http2=True, proxy=redacting.proxy, verify=OnlyH2.trusting(redacting.ca), trust_env=False, timeout=20
    )
    with client:
        response = client.get(h2_origin.url("/face.jpg"))
    assert response.http_version == "HTTP/2"
    assert_redacted(Reply(response.status_code, dict(response.headers), response.content, b""), portrait, detector)


def test_a_targeted_job_gets_the_original(
    redacting: Gateway, origin: Origin, portrait: bytes, targeted_job: Callable[..., str], detector: FaceDetector
) -> None:
    url = origin.route("/face.jpg", answer(portrait, "image/jpeg", headers=[("ETag", '"1"')]))
    credentials = basic("sought", targeted_job(redacting, "sought", max_releases=1))

    def passed() -> Reply | None:
        reply = parse(raw(redacting.proxy, get(url, credentials)))
        return reply if reply.headers["facegate-action"] == "pass" else None

    reply = eventually(passed, 5, "the approval counts")
    assert (reply.body, reply.headers["etag"]) == (portrait, '"1"')
    elsewhere = parse(raw(redacting.proxy, get(url.replace("127.0.0.1", "localhost"), credentials)))
    assert_redacted(elsewhere, portrait, detector)  # not one of its hosts
    spent = assert_withheld(raw(redacting.proxy, get(url, credentials)), portrait, 451)
    assert spent.problem["reason"] == "budget-spent"


def test_what_cannot_be_redacted_is_quarantined(
    redacting: Gateway, origin: Origin, face_as: Callable[..., bytes]
) -> None:
    icon = face_as("ICNS", size=(256, 256))
    page = b"<img src='data:image/jpeg;base64," + base64.b64encode(face_as("JPEG", size=(200, 200))) + b"'>"
    for path, body, kind, why in (
        ("/face.icns", icon, "image/icns", "unsupported-type, cannot be written: icns"),
        ("/page", page, "text/html", "unsupported-type, cannot be written: unknown"),
    ):
        url = origin.route(path, answer(body, kind))
        reply = assert_withheld(raw(redacting.proxy, get(url)), body, 451)
        assert (reply.problem["reason"], reply.headers["facegate-action"]) == ("faces", "quarantine")
        record = json.loads(redacting.run("quarantine", "show", reply.problem["record"], "--json").stdout)
        assert (record["digest"], record["detail"]) == (hashlib.sha256(body).hexdigest(), why)
        assert told(redacting, url)["detail"] == why


def test_an_origin_never_confirms_a_redacted_copy(
    redacting: Gateway, origin: Origin, portrait: bytes, detector: FaceDetector
) -> None:
    """It answers 304 to whoever has anything at all, as origins do that look at dates only."""
    whole = answer(portrait, "image/jpeg", headers=[("ETag", '"1"'), ("Last-Modified", STAMP)])

    def play(exchange: Exchange) -> None:
        if exchange.request.header("if-modified-since") or exchange.request.header("if-none-match"):
            exchange.send(f'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nLast-Modified: {STAMP}\r\n\r\n'.encode())
        else:
            exchange.send(whole)

    url = origin.route("/face.jpg", play)
    first = parse(raw(redacting.proxy, get(url)))
    conditions = (f"If-None-Match: {first.headers['etag']}", f"If-Modified-Since: {STAMP}")
    again = parse(raw(redacting.proxy, get(url, *conditions)))
    assert_redacted(again, portrait, detector)
    assert origin.requests[-1].header("if-none-match") is None
    assert origin.requests[-1].header("if-modified-since") is None
    other = parse(raw(redacting.proxy, get(url, 'If-None-Match: "1"')))  # whoever has the original has it already
    assert (other.status, other.body) == (304, b"")


def test_a_head_alone_brings_no_body(redacting: Gateway, origin: Origin, portrait: bytes) -> None:
    head = answer(portrait, "image/jpeg", headers=[("ETag", '"1"')]).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    url = origin.route("/face.jpg", head)
    reply = raw(redacting.proxy, get(url, method="HEAD"))
    assert reply.startswith(b"HTTP/1.1 200 ")
    assert reply.endswith(b"\r\n\r\n")
    assert reply.count(b"\r\n\r\n") == 1


def test_a_policy_that_was_changed_counts_at_once(
    start_gateway: Callable[..., Gateway], origin: Origin, portrait: bytes, detector: FaceDetector
) -> None:
    url = origin.route("/face.jpg", answer(portrait, "image/jpeg"))
    with start_gateway() as gateway:
        assert_withheld(raw(gateway.proxy, get(url)), portrait, 451)
        gateway.config.write_text(gateway.config.read_text() + REDACT + 'cover = "mosaic"\n')
        gateway.signal(signal.SIGHUP)

        def redacted() -> Reply | None:
            reply = parse(raw(gateway.proxy, get(url)))
            return reply if reply.status == 200 else None

        assert_redacted(eventually(redacted, 5, "the new policy is in force"), portrait, detector)
