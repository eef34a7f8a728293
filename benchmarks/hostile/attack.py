"""A crawler that asks for what is hostile, and what it gets."""

import asyncio
import base64
import functools
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import h2.config
import h2.connection
import h2.events
import h2.exceptions

from benchmarks.hostile.case import face

PATIENCE = 90.0  # seconds for one answer; limits.response and the rest are well below
PIECE = 1 << 20  # bytes looked through at once
APART = 512  # from one part of the face that is looked for to the next
SLICE = 64  # bytes; two unrelated bodies do not share so many


@dataclass(frozen=True, slots=True)
class Answer:
    """`reason`: of the gateway, `clear` for a page that passed, or `none` where the connection ended without one.
    `leaked`: bytes of the face came out."""

    status: int
    reason: str
    seconds: float
    leaked: bool = False


async def ask(proxy: str, url: str, credentials: str, ca: ssl.SSLContext) -> Answer:
    """One request on a connection of its own; https in a tunnel, over HTTP/2."""
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE):
            raw = await (
                _tunnelled(proxy, url, credentials, ca) if url.startswith("https") else _plain(proxy, url, credentials)
            )
    except (OSError, EOFError, ssl.SSLError):
        raw = b""
    return await asyncio.to_thread(judge, raw, time.perf_counter() - began)


def judge(raw: bytes, seconds: float = 0.0) -> Answer:
    """`raw`: everything that came, from a head of HTTP/1 on."""
    head = raw.partition(b"\r\n\r\n")[0].decode("latin-1")
    lines = head.split("\r\n")
    if not head.startswith("HTTP/1."):
        return Answer(0, "none", seconds, leaks(raw))
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    status = int(lines[0].split(" ")[1])
    reason = fields.get("facegate-reason") or ("clear" if status == 200 else "none")
    return Answer(status, reason, seconds, leaks(raw))


def leaks(data: bytes) -> bool:
    """In pieces, so that whoever measures meanwhile, on another thread, has its turn."""
    pieces = (data[at : at + PIECE + SLICE] for at in range(0, len(data), PIECE))
    return any(window in piece for piece in pieces for window in _windows())


@functools.cache
def _windows() -> tuple[bytes, ...]:
    found = []
    for spelled in (face(), base64.b64encode(face()), face().hex().encode()):
        found += [spelled[at : at + SLICE] for at in range(0, len(spelled) - SLICE, APART)]
    return tuple(found)


async def _plain(proxy: str, url: str, credentials: str) -> bytes:
    request = f"GET {url} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n{credentials}\r\nConnection: close\r\n\r\n"
    return await raw(proxy, request.encode())


async def raw(proxy: str, data: bytes, patience: float = PATIENCE) -> bytes:
    """Everything that comes back until the gateway closes, or so many seconds are over."""
    address, said = urlsplit(proxy), bytearray()
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        writer.write(data)
        async with asyncio.timeout(patience):
            while more := await reader.read(1 << 20):
                said += more
    except (ConnectionError, TimeoutError):
        pass  # cut off: what had arrived is the answer
    finally:
        writer.close()
    return bytes(said)


def trusting(ca: Path, *alpn: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca)
    context.set_alpn_protocols(list(alpn))
    return context


async def tunnel(
    proxy: str, url: str, credentials: str, ca: ssl.SSLContext
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """TLS to the host of `url`, through the gateway. Raises OSError when it refuses."""
    address, parts = urlsplit(proxy), urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        writer.write(f"CONNECT {parts.netloc} HTTP/1.1\r\nHost: {parts.netloc}\r\n{credentials}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionRefusedError(head.split(b"\r\n")[0].decode("latin-1"))
        await writer.start_tls(ca, server_hostname=parts.hostname)
    except BaseException:
        writer.close()
        raise
    return reader, writer


async def _tunnelled(proxy: str, url: str, credentials: str, ca: ssl.SSLContext) -> bytes:
    """As HTTP/1 would have it."""
    reader, writer = await tunnel(proxy, url, credentials, ca)
    parts = urlsplit(url)
    connection = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="latin-1"))
    connection.initiate_connection()
    target = [(":method", "GET"), (":scheme", "https"), (":authority", parts.netloc), (":path", parts.path)]
    connection.send_headers(1, target, end_stream=True)
    writer.write(connection.data_to_send())
    head, body = "", bytearray()
    try:
        while data := await reader.read(1 << 16):
            for event in connection.receive_data(data):
                match event:
                    case h2.events.ResponseReceived(headers=headers):
                        fields = dict(headers)
                        lines = [f"{name}: {value}" for name, value in fields.items() if name[0] != ":"]
                        head = "\r\n".join([f"HTTP/1.1 {fields[':status']} x", *lines])
                    case h2.events.DataReceived(data=piece):
                        body += piece
                        connection.acknowledge_received_data(event.flow_controlled_length, 1)
                    case h2.events.StreamEnded() | h2.events.StreamReset() | h2.events.ConnectionTerminated():
                        return head.encode("latin-1") + b"\r\n\r\n" + body
            writer.write(connection.data_to_send())
    except (ConnectionError, h2.exceptions.ProtocolError):
        pass
    finally:
        writer.close()
    return head.encode("latin-1") + b"\r\n\r\n" + body if head else b""
