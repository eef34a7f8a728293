"""Ways in which a picture gets past a proxy that does not mind them, as an origin sends it and a client asks for it."""

import base64
import gzip
import io
import json
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

PAGE = b"<!doctype html><title>ordinary</title><p>Nothing to see here.</p>\n"
CARELESS = "x-careless"


@dataclass(frozen=True, slots=True)
class Case:
    """`reply` is what the origin sends, head and all, and then it closes. `tunnel`: asked for inside a CONNECT.

    `passes`: it has no face, and has to come as it is: a gate that lets nothing through proves nothing.
    `live`: asked for by a job whose streams are looked at as they come.
    """

    name: str
    reply: bytes
    method: str = "GET"
    fields: dict[str, str] = field(default_factory=dict)
    tunnel: bool = False
    passes: bool = False
    live: bool = False


def cases(picture: bytes) -> tuple[Case, ...]:
    """`picture` is a JPEG with a face."""
    return (
        *_controls(),
        *_framings(picture),
        *_statuses(picture),
        *_codings(picture),
        *_bodies(picture),
        *_heads(picture),
    )


def streamed(picture: bytes) -> tuple[Case, ...]:
    """Those of them that have no end where a job may ask for such: then they leave in pieces."""
    named = ("an event", "a frame of a camera", "a WebSocket")
    ordinary = Case("an ordinary event", _reply(b"data: " + PAGE + b"\n", "text/event-stream"), passes=True)
    chosen = (ordinary, *(case for case in cases(picture) if case.name in named))
    return tuple(replace(case, name=f"{case.name}, streamed", live=True) for case in chosen)


def unsealed(picture: bytes) -> tuple[Case, ...]:
    """What becomes of them is for an addon behind the seal to spoil, as its field CARELESS says, and for the layers
    below to stop."""
    told = {
        "replaced": "an answer that nobody sealed",
        "body": "a sealed answer with another body",
        "trailer": "a trailer behind a sealed answer",
    }
    page = _reply(PAGE, "text/html")
    relayed = Case("an answer that is relayed as it comes", _reply(picture), fields={CARELESS: "relayed"})
    return (*(Case(name, page, fields={CARELESS: deed}) for deed, name in told.items()), relayed)


def plainest(picture: bytes) -> Case:
    return Case("a picture", _reply(picture))


def windows(picture: bytes) -> frozenset[bytes]:
    """Stretches of the picture, and of it as base64 and hex: whoever receives one of them received some of it."""
    forms = (picture, base64.b64encode(picture), base64.urlsafe_b64encode(picture), picture.hex().encode())
    size, step = 24, 192
    return frozenset(form[at : at + size] for form in forms for at in range(step, len(form) - size, step))


def _controls() -> Iterator[Case]:
    yield Case("an ordinary page", _reply(PAGE, "text/html"), passes=True)
    yield Case("an ordinary page, compressed", _reply(gzip.compress(PAGE), "text/html", coding="gzip"), passes=True)
    yield Case("an ordinary page in a tunnel", _reply(PAGE, "text/html"), tunnel=True, passes=True)


def _framings(picture: bytes) -> Iterator[Case]:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
    length = b"Content-Length: %d\r\n" % len(picture)
    chunked = b"Transfer-Encoding: chunked\r\n\r\n"
    yield plainest(picture)
    yield Case("in chunks", head + chunked + _chunks(picture))
    yield Case("until the connection ends", head + b"\r\n" + picture)
    yield Case("HTTP/1.0", head.replace(b"1.1", b"1.0") + b"\r\n" + picture)
    yield Case("no head at all", picture)
    yield Case("a head that is none", b"HTTP/1.1 200 OK\r\n" + picture + b"\r\n\r\n" + picture)
    yield Case("a length too short", head + b"Content-Length: 10\r\n\r\n" + picture)
    yield Case("a length too long", head + b"Content-Length: 99999\r\n\r\n" + picture)
    yield Case("two lengths", head + length + b"Content-Length: 1\r\n\r\n" + picture)
    yield Case("a length and chunks", head + length + chunked + _chunks(picture))
    yield Case("an unknown transfer coding", head + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + _chunks(picture))
    yield Case("in the extensions of chunks", head + chunked + b"2;x=" + _b64(picture) + b"\r\nok\r\n0\r\n\r\n")
    yield Case("in a trailer", head + chunked + b"2\r\nok\r\n0\r\nX-Photo: " + _b64(picture) + b"\r\n\r\n")
    yield Case("a second answer behind the first", _reply(PAGE, "text/html") + _reply(picture))
    yield Case("in a tunnel", _reply(picture), tunnel=True)
    yield Case("in a tunnel that speaks no HTTP", picture, tunnel=True)


def _statuses(picture: bytes) -> Iterator[Case]:
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: <data:;base64," + _b64(picture) + b">\r\n\r\n"
    upgrade = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: {}\r\n\r\n"
    yield Case("an error page", _reply(picture, status="404 Not Found"))
    yield Case("a redirect's body", _reply(picture, extra=b"Location: /elsewhere\r\n", status="302 Found"))
    yield Case("a part", _reply(picture, extra=b"Content-Range: bytes 0-9/10\r\n", status="206 Partial Content"))
    yield Case("a part that was asked for", _reply(picture), fields={"Range": "bytes=0-99999"})
    yield Case("no content, with content", _reply(picture, status="204 No Content"))
    yield Case("not modified, with content", _reply(picture, status="304 Not Modified"))
    yield Case("the answer to HEAD, with content", _reply(picture), method="HEAD")
    yield Case("an interim answer", interim + _reply(PAGE, "text/html"))
    yield Case("a protocol that nobody knows", upgrade.format("photo").encode() + picture, fields=_upgrade("photo"))
    yield Case("a WebSocket", upgrade.format("websocket").encode() + _message(picture), fields=_upgrade("websocket"))


def _codings(picture: bytes) -> Iterator[Case]:
    twice = gzip.compress(gzip.compress(picture))
    raw = zlib.compressobj(wbits=-15)
    yield Case("gzip", _reply(gzip.compress(picture), coding="gzip"))
    yield Case("x-gzip", _reply(gzip.compress(picture), coding="x-gzip"))
    yield Case("gzip twice", _reply(twice, coding="gzip, gzip"))
    yield Case("gzip in two members", _reply(gzip.compress(PAGE) + gzip.compress(picture), "text/html", coding="gzip"))
    yield Case("deflate without a head", _reply(raw.compress(picture) + raw.flush(), coding="deflate"))
    yield Case("a coding of Python's", _reply(picture.hex().encode(), coding="hex"))
    yield Case("a coding of nobody's", _reply(picture, coding="photo"))
    yield Case("a coding that it has not", _reply(picture, coding="gzip"))


def _bodies(picture: bytes) -> Iterator[Case]:
    text = _b64(picture)
    parts = b"--B\r\nContent-Type: image/jpeg\r\n\r\n" + picture + b"\r\n--B--\r\n"
    yield Case("of no type", _reply(picture, ""))
    yield Case("called text", _reply(picture, "text/html"))
    yield Case("called a font", _reply(picture, "font/woff2"))
    yield Case("a data: URI in a page", _reply(b'<img src="data:;base64,' + text + b'">' + PAGE, "text/html"))
    yield Case("base64 in JSON", _reply(json.dumps({"p": text.decode()}).encode(), "application/json"))
    yield Case("base64 as text", _reply(text, "text/plain"))
    yield Case("hex as text", _reply(picture.hex().encode(), "text/plain"))
    yield Case("an event", _reply(b"data: " + text + b"\n\n", "text/event-stream"))
    yield Case("a part among parts", _reply(parts, "multipart/mixed; boundary=B"))
    yield Case("a frame of a camera", _reply(parts, "multipart/x-mixed-replace; boundary=B"))
    yield Case("a ZIP archive", _reply(_zip(picture), "application/zip"))
    yield Case("a tar archive, compressed", _reply(_tar(picture), "application/gzip"))
    yield Case("behind a page", _reply(PAGE + picture, "text/html"))
    yield Case("an SVG around it", _reply(_svg(text), "image/svg+xml"))


def _heads(picture: bytes) -> Iterator[Case]:
    for name in ("X-Photo", "Set-Cookie", "Link"):
        field = f"{name}: p=".encode() + _b64(picture) + b"\r\n"
        yield Case(f"in the field {name}", _reply(PAGE, "text/html", extra=field))
    yield Case("in the reason of a status", _reply(PAGE, "text/html", status="200 " + _b64(picture).decode()))


def _reply(
    body: bytes, kind: str = "image/jpeg", *, coding: str = "", status: str = "200 OK", extra: bytes = b""
) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n"
    head += f"Content-Type: {kind}\r\n" if kind else ""
    head += f"Content-Encoding: {coding}\r\n" if coding else ""
    return head.encode() + extra + b"\r\n" + body


def _chunks(data: bytes, size: int = 700) -> bytes:
    parts = (data[at : at + size] for at in range(0, len(data), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def _b64(picture: bytes) -> bytes:
    return base64.b64encode(picture)


def _upgrade(protocol: str) -> dict[str, str]:
    websocket = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"}
    return {"Connection": "upgrade", "Upgrade": protocol} | (websocket if protocol == "websocket" else {})


def _message(data: bytes) -> bytes:
    return b"\x82\x7e" + len(data).to_bytes(2) + data


def _zip(picture: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("photo.jpg", picture)
    return out.getvalue()


def _tar(picture: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        member = tarfile.TarInfo("photo.jpg")
        member.size = len(picture)
        archive.addfile(member, io.BytesIO(picture))
    return out.getvalue()


def _svg(text: bytes) -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg"><image href="data:image/jpeg;base64,' + text + b'"/></svg>'
