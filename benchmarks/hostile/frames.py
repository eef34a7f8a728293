"""HTTP/2 frames in numbers or sizes that cost the other side more than the sender, of an origin or a client."""

import asyncio
import struct
from collections.abc import Callable, Iterable

from benchmarks.hostile.case import case, face

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS = 1, 1, 4
MANY = 1_000  # frames in one write


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


OK_HEAD = frame(HEADERS, END_HEADERS, 1, b"\x88")  # :status 200
LITERAL = b"\x00\x01a\x7f" + b"\x81\x00" + b"b" * 256  # a field that goes into no table
ENTRY = b"\x40\x01a\x7f\x81\x1e" + b"b" * (127 + 1 + 30 * 128)  # one that fills the table of 4,096 bytes nearly


def bomb(repeats: int = 16_000) -> bytes:
    """A head of 16 KB whose fields are the same entry of the table, again and again: 64 MB."""
    return ENTRY + b"\xbe" * repeats


def pushes() -> bytes:
    return b"".join(
        frame(PUSH_PROMISE, END_HEADERS, 1, struct.pack(">I", 2 * n + 2) + b"\x82\x84\x87") for n in range(MANY)
    )


FLOODS: dict[str, tuple[bytes, Callable[[], bytes]]] = {
    "CONTINUATION without end": (frame(HEADERS, 0, 1, b"\x88"), lambda: frame(CONTINUATION, 0, 1, LITERAL * 40) * 20),
    "CONTINUATION of nothing": (frame(HEADERS, 0, 1, b"\x88"), lambda: frame(CONTINUATION, 0, 1) * MANY),
    "PING": (b"", lambda: frame(PING, 0, 0, bytes(8)) * MANY),
    "SETTINGS": (b"", lambda: frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 65_535)) * MANY),
    "WINDOW_UPDATE": (b"", lambda: frame(WINDOW_UPDATE, 0, 1, struct.pack(">I", 1)) * MANY),
    "PRIORITY": (b"", lambda: frame(PRIORITY, 0, 1, struct.pack(">IB", 0, 1)) * MANY),
    "DATA of nothing": (OK_HEAD, lambda: frame(DATA, 0, 1) * MANY),
    "unknown frames": (b"", lambda: frame(0x7F, 0, 0, bytes(64)) * MANY),
    "a head out of a table": (b"", lambda: frame(HEADERS, END_HEADERS, 1, bomb())),
    "promises": (b"", pushes),
    "interim heads": (b"", lambda: frame(HEADERS, END_HEADERS, 1, b"\x48\x03103") * MANY),
    "trailers again and again": (OK_HEAD, lambda: frame(HEADERS, END_HEADERS, 1, LITERAL) * MANY),
    "resets": (b"", lambda: frame(RST_STREAM, 0, 1, struct.pack(">I", 8)) * MANY),
    "a body without its window": (OK_HEAD, lambda: frame(DATA, 0, 1, (face() * 9)[:16_384]) * 20),
}
OVER = (
    "origin-protocol",
    "limit-head",
    "limit-body",
    "limit-seconds",
    "origin-unreachable",
    "undecodable",
    "partial-content",
)


def _flood(name: str, start: bytes, block: Callable[[], bytes], expected: Iterable[str]) -> None:
    @case("HTTP/2 origin", name, *expected, way="h2")
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(PREFACE))
        writer.write(frame(SETTINGS, 0, 0))
        while True:  # until the request has come
            head = await reader.readexactly(9)
            await reader.readexactly(int.from_bytes(head[:3]))
            if head[3] == SETTINGS and not head[4] & ACK:
                writer.write(frame(SETTINGS, ACK, 0))
            if head[3] == HEADERS:
                break
        reading = asyncio.ensure_future(reader.read(-1))  # else its answers fill the connection up
        writer.write(start)
        data = block()
        try:
            while not reading.done():
                writer.write(data)
                await writer.drain()
                await asyncio.sleep(0)  # drain itself gives nobody a turn
        finally:
            reading.cancel()


for _name, (_start, _block) in FLOODS.items():
    _flood(_name, _start, _block, OVER)
