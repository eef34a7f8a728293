"""The same over TLS and HTTP/2, which mitmproxy reads and writes in layers of their own: cases, and their origin.

An origin's certificate is made for the occasion, and trusted by the proxy that is tried alone.
"""

import asyncio
import base64
import contextlib
import datetime
import gzip
import ipaddress
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from facegate.selftest import frames
from facegate.selftest.cases import CARELESS, PAGE, Case
from facegate.selftest.frames import Fields, Frame, Frames, data, head
from facegate.selftest.replay import HOST, SECONDS, Origin, through_tunnel

UNKNOWN = 0xFA  # no type of a frame


def cases(picture: bytes) -> Sequence[Case]:
    """`picture` is a JPEG."""
    page, jpeg = _head(PAGE, "text/html"), _head(picture, "image/jpeg")
    text = base64.b64encode(picture).decode()
    photo = (("x-photo", text),)
    stored = gzip.compress(picture, 0)  # in which the picture is found as it is
    promise = (2).to_bytes(4) + frames.block(_asked("/pushed", HOST))
    pushed = bytes(Frame(frames.PROMISE, frames.END_HEADERS, frames.STREAM, promise))
    pushed += _head(picture, "image/jpeg", stream=2) + data(picture, stream=2)
    goodbye = bytes(Frame(frames.GOAWAY, 0, 0, bytes(8) + picture))
    reset = bytes(Frame(frames.RESET, 0, frames.STREAM, (2).to_bytes(4)))
    named = {
        "a picture": jpeg + data(picture),
        "a page, padded with a picture": page + data(PAGE, padding=picture[150:400]),
        "in a trailer": page + data(PAGE, end=False) + head(photo, end=True),
        "an interim answer": head(((":status", "103"), *photo)) + page + data(PAGE),
        "in a field": _head(PAGE, "text/html", photo) + data(PAGE),
        "in a field that may not be": _head(PAGE, "text/html", (("x photo", text),)) + data(PAGE),
        "in a status": head(((":status", text), ("content-type", "text/html"))) + data(PAGE),
        "pushed": pushed + page + data(PAGE),
        "in a frame that nobody knows": bytes(Frame(UNKNOWN, 0, frames.STREAM, picture)) + page + data(PAGE),
        "in a farewell": page + goodbye + data(PAGE),
        "a length too short": head((*_OK, ("content-length", "10"), ("content-type", "image/jpeg"))) + data(picture),
        "no content, with content": head(((":status", "204"),)) + data(picture),
        "that breaks off": jpeg + data(picture, end=False) + reset,
        "gzip": _head(stored, "image/jpeg", (("content-encoding", "gzip"),)) + data(stored),
        "a data: URI in a page": _page(f'<img src="data:;base64,{text}">'.encode()),
    }
    ordinary = Case("an ordinary page over HTTP/2", page + data(PAGE), passes=True)
    spoiled = {"replaced": "an answer that nobody sealed", "trailer": "a trailer behind a sealed answer"}
    return [
        ordinary,
        *(Case(f"{name} over HTTP/2", page + data(PAGE), fields={CARELESS: deed}) for deed, name in spoiled.items()),
        *(Case(f"{name} over HTTP/2", reply) for name, reply in named.items()),
    ]


class Http2Origin(Origin):
    """`certificate` is a file that `certificate_in` made."""

    def __init__(self, chosen: Sequence[Case], certificate: Path) -> None:
        super().__init__(chosen)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate)
        self._tls.set_alpn_protocols(["h2"])

    async def _ask(self, proxy: tuple[str, int], number: int, credentials: str, until: float) -> tuple[bytes, bool]:
        """What came of frames, with the fields that were in them, behind a line as HTTP/1 has it."""
        got, status = b"", b"0"
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE  # it is nobody else on this port
        trusting.set_alpn_protocols(["h2"])
        request = _request(f"/{number}", f"{HOST}:{self.port}", self._cases[number].fields)
        ended = True
        try:
            tunnel = through_tunnel(proxy, self.port, credentials)
            async with asyncio.timeout_at(until), tunnel as (reader, writer, refused):
                if refused:
                    return refused, True
                await writer.start_tls(trusting, server_hostname=HOST)
                writer.write(request)
                coming = Frames()
                over = False
                while not over and (more := await reader.read(65536)):
                    got += more
                    for frame in coming.feed(more):
                        fields = coming.fields(frame) if frame.kind in _BLOCKS else []
                        got += b"".join(name + b": " + value + b"\r\n" for name, value in fields)
                        status = dict(fields).get(b":status", status) if frame.stream == frames.STREAM else status
                        over |= _ends(frame)
        except (ConnectionResetError, BrokenPipeError, ssl.SSLError, asyncio.IncompleteReadError):
            pass
        except TimeoutError:
            ended = False
        return b"HTTP/2 " + status + b"\r\n" + got, ended

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.IncompleteReadError, TimeoutError):
            async with asyncio.timeout(SECONDS):
                await reader.readexactly(len(frames.PREFACE))
                writer.write(bytes(Frame(frames.SETTINGS, 0, 0, b"")))
                coming = Frames()
                while more := await reader.read(65536):
                    for frame in coming.feed(more):
                        if frame.kind == frames.HEADERS:
                            writer.write(self._reply(dict(coming.fields(frame)).get(b":path", b"")))
        writer.close()


def certificate_in(folder: Path) -> Path:
    """A file with a key and its certificate for an origin on loopback, good for a day. Raises OSError."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "facegate self-test")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "origin.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return file


_OK = ((":status", "200"),)
_BLOCKS = (frames.HEADERS, frames.PROMISE, frames.CONTINUATION)


def _head(body: bytes, kind: str, more: Fields = (), stream: int = frames.STREAM) -> bytes:
    return head((*_OK, ("content-type", kind), ("content-length", str(len(body))), *more), stream=stream)


def _page(inside: bytes) -> bytes:
    return _head(inside + PAGE, "text/html") + data(inside + PAGE)


def _asked(path: str, at: str) -> tuple[tuple[str, str], ...]:
    return ((":method", "GET"), (":scheme", "https"), (":authority", at), (":path", path))


def _request(path: str, at: str, fields: Mapping[str, str]) -> bytes:
    asked = head((*_asked(path, at), *fields.items()), end=True)
    return frames.PREFACE + bytes(Frame(frames.SETTINGS, 0, 0, b"")) + asked


def _ends(frame: Frame) -> bool:
    """Nothing comes behind it that would be an answer."""
    match frame.kind:
        case frames.DATA | frames.HEADERS:
            return frame.stream == frames.STREAM and bool(frame.flags & frames.END_STREAM)
        case frames.RESET:
            return frame.stream == frames.STREAM
    return frame.kind == frames.GOAWAY
