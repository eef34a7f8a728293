"""Heads, chunks and bodies without end, or without rules; and bytes that come one by one."""

import asyncio
from collections.abc import Iterable

from benchmarks.hostile.case import Play, case, face

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
CLOSE = OK + b"Connection: close\r\n\r\n"
HEAD = ("limit-head", "origin-protocol")
BLOCK = 256 << 10
SLOW = 1.0  # seconds between two bytes
TINY = 1 << 10  # segments of one byte between two turns of the loop


def endless(start: bytes, piece: bytes) -> Play:
    block = piece * (BLOCK // len(piece) + 1)

    async def play(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(block)
            await writer.drain()
            await asyncio.sleep(0)  # drain itself gives nobody a turn

    return play


def dripping(data: bytes, seconds: float = SLOW) -> Play:
    async def play(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for at in range(len(data)):
            writer.write(data[at : at + 1])
            await writer.drain()
            await asyncio.sleep(seconds)

    return play


def once(data: bytes) -> Play:
    async def play(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return play


ENDLESS: dict[str, tuple[bytes, bytes, Iterable[str]]] = {
    "header fields": (b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"m" * 1000 + b"\r\n", HEAD),
    "header fields of one letter": (b"HTTP/1.1 200 OK\r\n", b"a:\r\n", HEAD),
    "one header field": (b"HTTP/1.1 200 OK\r\nX: ", b"x" * 1000, HEAD),
    "reason phrase": (b"HTTP/1.1 200 ", b"OK " * 300, HEAD),
    "interim responses": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", HEAD),
    "line ends before the head": (b"", b"\r\n", (*HEAD, "limit-seconds")),
    "chunk size": (CHUNKED, b"f" * 1000, HEAD),
    "chunk extension": (CHUNKED + b"5;", b"e" * 1000, HEAD),
    "chunks, each with an extension": (CHUNKED, b"1;" + b"e" * 1000 + b"\r\nx\r\n", HEAD),
    "trailers": (CHUNKED + b"0\r\n", b"X-T: " + b"t" * 1000 + b"\r\n", HEAD),
    "chunks": (CHUNKED, b"400\r\n" + b"e" * 1024 + b"\r\n", ("limit-body",)),
    "chunks of one byte": (CHUNKED, b"1\r\ne\r\n", ("limit-body", "limit-seconds", "origin-protocol")),
    "body until close": (CLOSE, b"e" * 1024, ("limit-body",)),
    "body of a declared length": (OK + b"Content-Length: 99999999999\r\n\r\n", b"e" * 1024, ("limit-body",)),
    "body of faces": (CLOSE, face(), ("limit-body",)),
}
for _name, (_start, _piece, _expected) in ENDLESS.items():
    case("endless", _name, *_expected)(endless(_start, _piece))

SILENT = {
    "nothing": b"",
    "half a head": b"HTTP/1.1 200 OK\r\nX: ",
    "half a body": OK + b"Content-Length: 99999\r\n\r\n" + face(),
}


def silent(start: bytes) -> Play:
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        await writer.drain()
        await reader.read()  # until the other side has enough

    return play


for _name, _start in SILENT.items():
    case("slow", f"{_name}, then silence", "limit-seconds")(silent(_start))
case("slow", "a head, a byte a second", "limit-seconds")(dripping(OK))


@case("slow", "a body with a face, a byte a second", "limit-seconds")
async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(CLOSE)
    await dripping(face())(reader, writer)


@case("slow", "chunks of one byte, one at a time, as fast as they go", "limit-seconds", "limit-body", "origin-protocol")
async def segments(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(CHUNKED)
    while True:
        for _ in range(TINY):
            writer.write(b"1\r\ne\r\n")
        await writer.drain()
        await asyncio.sleep(0)


MALFORMED: dict[str, bytes] = {
    "no status line": b"<html>" + face(),
    "a status of another language": b"HTTP/1.1 OK 200\r\n\r\n" + face(),
    "HTTP/9.9": b"HTTP/9.9 200 OK\r\nContent-Length: 5\r\n\r\n" + face(),
    "a length below nought": OK + b"Content-Length: -5\r\n\r\n" + face(),
    "two lengths": OK + b"Content-Length: 5\r\nContent-Length: %d\r\n\r\n" % len(face()) + face(),
    "a length in hex": OK + b"Content-Length: 0x10\r\n\r\n" + face(),
    "length and chunks": OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + face(),
    "a chunk longer than memory": CHUNKED + b"fffffffffffffffff\r\n" + face(),
    "a chunk of minus one": CHUNKED + b"-1\r\n" + face(),
    "a chunk without its end": CHUNKED + b"5\r\nhelloworld\r\n0\r\n\r\n" + face(),
    "a nought in a field": OK + b"X: a\x00b\r\nContent-Length: 5\r\n\r\n" + face(),
    "a bare CR in a field": OK + b"X: a\rContent-Length: 5\r\n\r\n" + face(),
    "a field without a colon": OK + b"nothing here\r\nContent-Length: 5\r\n\r\n" + face(),
    "a space before the colon": OK + b"Content-Length : 5\r\n\r\n" + face(),
    "a folded field": OK + b"X: a\r\n b\r\nTransfer-Encoding:\r\n chunked\r\n\r\n" + face(),
    "bare line feeds": b"HTTP/1.1 200 OK\nContent-Length: %d\n\n" % len(face()) + face(),
    "a switch nobody asked for": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" + face(),
    "a body cut short": OK + b"Content-Length: 999999\r\n\r\n" + face(),
    "chunks cut short": CHUNKED + b"%x\r\n" % len(face()) + face(),
    "noise": bytes(range(256)) * 40 + face(),
}
REFUSED = ("origin-protocol", "limit-head", "transfer-coding", "faces", "undecodable", "unknown-type")
for _name, _data in MALFORMED.items():
    case("malformed", _name, *REFUSED)(once(_data))


@case("slow", "a TLS handshake, a byte a second", "limit-seconds", "origin-unreachable", way="tcp")
async def handshake(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server hello that was made for this client, as far as it needs no certificate."""
    await reader.read(1)
    hello = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03" + bytes(1 << 14)
    await dripping(hello)(reader, writer)


@case("slow", "a TLS handshake of silence", "limit-seconds", "origin-unreachable", way="tcp")
async def no_handshake(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


@case("endless", "TLS records of a handshake", "limit-seconds", "origin-unreachable", way="tcp")
async def records(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    record = b"\x16\x03\x03\x40\x00" + b"\x0b\xff\xff\xff" + bytes((1 << 14) - 4)
    await endless(b"", record)(reader, writer)
