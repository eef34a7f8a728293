"""The origin of the benchmarks: a process of its own that answers from memory, each answer unlike the one before.

`page` is 36 KB of HTML, `photo` a 600x400 photograph without faces; the request's query goes into a comment of the
page and into a COM segment of the JPEG, so that no cache of whole bodies can help.
"""

import asyncio
import io
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

import skimage.data
from PIL import Image

PAGE_SIZE = 36 * 1024
PARAGRAPH = (
    '<p class="text">The quick brown fox jumps over the <a href="/lazy/dog?id={n}">lazy dog</a>, {n} times.</p>\n'
)
MARK = 24  # bytes that make an answer its own


def page() -> tuple[bytes, bytes]:
    """What stands before and after the mark."""
    text = "".join(PARAGRAPH.format(n=n) for n in range(PAGE_SIZE // 90 + 1)).encode()
    start = b"<!doctype html><html><head><title>A page</title></head><body>\n<!-- "
    end = b" -->\n"
    return start, end + text[: PAGE_SIZE - len(start) - len(end) - MARK - 14] + b"</body></html>"


def photo() -> tuple[bytes, bytes]:
    out = io.BytesIO()
    Image.fromarray(skimage.data.coffee()).save(out, "JPEG", quality=85)  # 600x400, as bundled
    jpeg = out.getvalue()
    return jpeg[:2] + b"\xff\xfe" + (MARK + 2).to_bytes(2), jpeg[2:]


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
            start, end = self.answers[path]
            self._transport.write(start + query[:MARK].ljust(MARK, b".") + end)  # type: ignore[attr-defined]


def _serve(pipe: Connection) -> None:
    answers = {}
    for path, kind, (start, end) in ((b"/page", "text/html", page()), (b"/photo", "image/jpeg", photo())):
        length = len(start) + MARK + len(end)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n".encode()
        answers[path] = (head + start, end)
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
