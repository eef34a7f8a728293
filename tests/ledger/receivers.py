"""Syslog receivers on real sockets, that keep what they get."""

import contextlib
import re
import socket
import ssl
import threading
from pathlib import Path
from typing import Self


class Stream:
    """TCP, or TLS, with octet counting (RFC 6587)."""

    def __init__(self, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self.messages: list[bytes] = []
        self.broken: list[str] = []
        self.changed = threading.Condition()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def wait(self, count: int, seconds: float = 15.0) -> list[bytes]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.messages) >= count, seconds), self.messages
            return list(self.messages)

    def close(self) -> None:
        """Idempotent."""
        for each in (self._socket, *self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._open.append(connection)
            buffer = b""
            while piece := connection.recv(65536):
                buffer += piece
                while (match := re.match(rb"([1-9][0-9]*) ", buffer)) and len(buffer) >= match.end() + int(match[1]):
                    end = match.end() + int(match[1])
                    with self.changed:
                        self.messages.append(buffer[match.end() : end])
                        self.changed.notify_all()
                    buffer = buffer[end:]
        except OSError as error:
            with self.changed:
                self.broken.append(str(error))
                self.changed.notify_all()
        finally:
            connection.close()


class Datagrams:
    """UDP, or a socket file."""

    def __init__(self, path: Path | None = None) -> None:
        self.socket = socket.socket(socket.AF_UNIX if path else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(str(path) if path else ("127.0.0.1", 0))
        self.socket.settimeout(15.0)
        self.port = 0 if path else self.socket.getsockname()[1]

    def wait(self, count: int) -> list[bytes]:
        return [self.socket.recv(65536) for _ in range(count)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.socket.close()
