"""What an origin can play: well-formed answers in each framing, and the misbehaviour that gateways trip over."""

import base64
import hashlib
import uuid
from collections.abc import Iterable

from live.origin import Exchange, Play

Header = tuple[str, str]


def answer(
    body: bytes,
    kind: str = "text/html",
    *,
    status: str = "200 OK",
    framing: str = "length",
    headers: Iterable[Header] = (),
    before: bytes = b"",
    trailers: Iterable[Header] = (),
    extension: bytes = b"",
    chunk: int = 8192,
) -> bytes:
    """One HTTP/1.1 response. `framing` is length, chunked or close; `before` goes in front of it (a 103, say);
    `trailers` and `extension` (a chunk extension, with its ';') need chunked."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *(f"{name}: {value}" for name, value in headers)]
    if framing == "length":
        lines.append(f"Content-Length: {len(body)}")
    elif framing == "chunked":
        lines.append("Transfer-Encoding: chunked")
        body = chunked(body, trailers, extension, chunk)
    elif framing == "close":
        lines.append("Connection: close")
    else:
        raise ValueError(framing)
    return before + "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def unseen(body: bytes) -> bytes:
    """A picture or text that shows the same and was never looked at."""
    return body + b"\n" + uuid.uuid4().hex.encode()


def anew(body: bytes, kind: str = "text/html") -> Play:
    """Another one at each request, which shows the same."""
    return lambda exchange: exchange.send(answer(unseen(body), kind)) or True


def chunked(body: bytes, trailers: Iterable[Header] = (), extension: bytes = b"", chunk: int = 8192) -> bytes:
    parts = (body[at : at + chunk] for at in range(0, len(body), chunk))
    data = b"".join(b"%x%s\r\n%s\r\n" % (len(part), extension, part) for part in parts)
    return data + b"0\r\n" + b"".join(f"{n}: {v}\r\n".encode("latin-1") for n, v in trailers) + b"\r\n"


def informational(status: str = "103 Early Hints", headers: Iterable[Header] = ()) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *(f"{n}: {v}" for n, v in headers)]).encode("latin-1") + b"\r\n\r\n"


def drip(response: bytes, seconds: float, size: int = 1) -> Play:
    """`response`, `size` bytes every `seconds`, until it is over or the other side leaves."""

    def play(exchange: Exchange) -> None:
        for at in range(0, len(response), size):
            exchange.send(response[at : at + size])
            if exchange.stopped.wait(seconds):
                return

    return play


def endless_head(line: bytes = b"X-More: " + b"m" * 1000) -> Play:
    """A head that never ends."""

    def play(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\n")
        while not exchange.stopped.is_set():
            exchange.send(line + b"\r\n")

    return play


def switch(then: bytes, protocol: str = "something") -> Play:
    """A 101 that nobody asked for, and bytes of whatever protocol after it."""
    return informational("101 Switching Protocols", [("Upgrade", protocol), ("Connection", "Upgrade")]) + then


def websocket(first: bytes = b"") -> Play:
    """Accept a WebSocket, send `first` as one binary message, then echo every data frame."""

    def play(exchange: Exchange) -> None:
        key = exchange.request.header("sec-websocket-key") or ""
        proof = hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode(), usedforsecurity=False).digest()
        accept = [("Upgrade", "websocket"), ("Connection", "Upgrade")]
        accept.append(("Sec-WebSocket-Accept", base64.b64encode(proof).decode()))
        exchange.send(informational("101 Switching Protocols", accept))
        if first:
            exchange.send(frame(first))
        while (header := _exactly(exchange, 2))[:1]:
            opcode, length = header[0] & 15, header[1] & 127
            if length > 125:
                length = int.from_bytes(_exactly(exchange, 2 if length == 126 else 8))
            mask = _exactly(exchange, 4)
            data = bytes(byte ^ mask[at % 4] for at, byte in enumerate(_exactly(exchange, length)))
            exchange.send(frame(data, opcode))
            if opcode == 8:
                return

    return play


def frame(data: bytes, opcode: int = 2) -> bytes:
    """One final, unmasked WebSocket frame."""
    size = len(data)
    if size < 126:
        return bytes([0x80 | opcode, size]) + data
    return bytes([0x80 | opcode, 126 if size < 1 << 16 else 127]) + size.to_bytes(2 if size < 1 << 16 else 8) + data


def _exactly(exchange: Exchange, size: int) -> bytes:
    data = b""
    while len(data) < size and (more := exchange.read(size - len(data))):
        data += more
    return data
