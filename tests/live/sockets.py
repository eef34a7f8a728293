"""Both ends of a WebSocket, on wsproto: an origin's script, and a client behind the gateway."""

import base64
import contextlib
import hashlib
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from live.client import connect, tls, tunnel
from live.origin import Exchange, Play, Received, read_until
from live.plays import informational
from wsproto import ConnectionType
from wsproto.connection import Connection
from wsproto.events import BytesMessage, CloseConnection, Event, Message, Ping, TextMessage

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Peer:
    """One end, after the handshake. `sock` for bytes that are no frames."""

    def __init__(self, sock: socket.socket, side: ConnectionType, before: bytes = b"") -> None:
        self.sock = sock
        self._side = Connection(side)
        self._side.receive_data(before) if before else None
        self._events: Iterator[Event] = iter(())
        self.got = before  # every byte that came

    def say(self, *events: Event) -> None:
        for event in events:
            self.sock.sendall(self._side.send(event))

    def hear(self) -> Event | None:
        """The next event, None at the end of the connection."""
        while True:
            with contextlib.suppress(StopIteration):
                return next(self._events)
            self._events = self._side.events()
            with contextlib.suppress(StopIteration):
                return next(self._events)
            try:
                data = self.sock.recv(65536)
            except ConnectionResetError:
                return None
            if not data:
                return None
            self.got += data
            self._side.receive_data(data)

    def message(self) -> str | bytes:
        """The next message, whole; AssertionError when something else comes."""
        whole: list[str | bytes] = []
        while True:
            event = self.hear()
            assert isinstance(event, Message), event
            whole.append(event.data)
            if event.message_finished:
                return whole[0][:0].join(whole)  # type: ignore[arg-type]

    def rest(self) -> list[Event]:
        """All that still comes."""
        return list(iter(self.hear, None))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()


def accept(request: Received) -> str:
    key = (request.header("sec-websocket-key") or "").encode()
    return base64.b64encode(hashlib.sha1(key + GUID, usedforsecurity=False).digest()).decode()


def accepting(script: Callable[[Peer], object], *fields: tuple[str, str], wrong: str = "") -> Play:
    """Grant every WebSocket; `fields` come with the 101, `wrong` in place of the accept."""

    def play(exchange: Exchange) -> None:
        head = [("Upgrade", "websocket"), ("Connection", "Upgrade")]
        head += [("Sec-WebSocket-Accept", wrong or accept(exchange.request)), *fields]
        exchange.send(informational("101 Switching Protocols", head))
        script(Peer(exchange.sock, ConnectionType.SERVER))

    return play


def echo(peer: Peer) -> None:
    while (event := peer.hear()) is not None:
        peer.say(event.response() if isinstance(event, Ping | CloseConnection) else event)
        if isinstance(event, CloseConnection):
            return


def saying(*events: Event | bytes) -> Callable[[Peer], None]:
    """A script that says all of this, bytes as they are, and waits for the end."""

    def script(peer: Peer) -> None:
        for event in events:
            peer.sock.sendall(event) if isinstance(event, bytes) else peer.say(event)
        peer.rest()

    return script


def pieces(data: str | bytes, size: int) -> list[Event]:
    """One message in fragments."""
    kind = TextMessage if isinstance(data, str) else BytesMessage
    last = len(data) - size
    return [kind(data[at : at + size], message_finished=at >= last) for at in range(0, len(data), size)]


def ask(
    proxy: str, url: str, *fields: str, through: str = "", ca: Path | None = None, patience: float = 20.0
) -> tuple[bytes, Peer]:
    """Ask for a WebSocket: the head of the answer, and what may be one. `through` are the credentials; without `ca`
    the request is in absolute form, with it through a tunnel, in TLS when the URL is."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    credentials = [through] if through else []
    if ca is not None:
        sock = tunnel(proxy, parts.hostname, parts.port, *credentials, patience=patience)
        sock = tls(sock, ca, parts.hostname) if parts.scheme == "https" else sock
        target, credentials = parts.path, []
    else:
        sock, target = connect(proxy, patience), url
    lines = [
        f"GET {target} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Upgrade: websocket",
        "Connection: keep-alive, Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode(),
        *credentials,
        *fields,
    ]
    sock.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
    data = read_until(sock, b"\r\n\r\n")
    head, mark, rest = data.partition(b"\r\n\r\n")
    return head + mark, Peer(sock, ConnectionType.CLIENT, rest)
