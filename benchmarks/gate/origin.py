"""The origin of the benchmarks: a process of its own that answers from memory.

The request's query is the mark in the body, so each answer can be unlike the one before.
"""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from benchmarks.gate.bodies import ANSWERS, MARK


class _Static(asyncio.Protocol):
    answers: dict[bytes, tuple[bytes, bytes]]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._pending = b""

    def data_received(self, data: bytes) -> None:
        self._pending += data
        while b"\r\n\r\n" in self._pending:
            head, _, self._pending = self._pending.partition(b"\r\n\r\n")
            path, _, query = head.split(b" ", 2)[1].partition(b"?")
            path = path[path.find(b"/", 8) :] if path.startswith(b"http://") else path  # asked as a proxy is
            start, end = self.answers[path]
            self._transport.write(start + query[:MARK].ljust(MARK, b".") + end)  # type: ignore[attr-defined]


def _serve(pipe: Connection) -> None:
    answers = {}
    for path, (kind, body) in ANSWERS.items():
        start, end = body()
        length = len(start) + MARK + len(end)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n".encode()
        answers[path.encode()] = (head + start, end)
    _Static.answers = answers

    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(_Static, "127.0.0.1", 0, backlog=512)
        pipe.send(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(pipe.recv)  # anything: time to stop

    asyncio.run(main())


@contextmanager
def running() -> Iterator[str]:
    """The origin's URL, without a path."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        ours.send(None)
        process.join(10)
