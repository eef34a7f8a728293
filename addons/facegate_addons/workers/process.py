"""One worker process as the gateway sees it: start it, ask it, kill it."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from facegate_addons.domain.model import Payload, Verdict
from facegate_addons.domain.preview import Glimpse, Preview
from facegate_addons.workers import glimpses
from facegate_addons.workers.confine import Measures
from facegate_addons.workers.protocol import (
    LENGTHS,
    ProtocolError,
    WorkerSettings,
    frame,
    read_reply,
    request_body,
    request_head,
    settings_head,
)

# Of the gateway's environment a worker gets what its interpreter and libraries are found by, and no secret.
INHERITED = ("PATH", "HOME", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ")
# A worker looks on one thread, and some of its measures are taken for the thread that takes them.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
CHUNK = 256 << 10  # bytes taken from the socket at once: Python reserves as many, however few there are
ANSWER = 4 << 10  # bytes of an answer without a copy: most have some hundred
REPLY_MAX = 4 << 20  # bytes of JSON: some 60,000 faces; more is no answer of ours


class WorkerDied(Exception):
    """The process ended, or sent what is no answer."""


class WorkerProcess:
    """A started worker. Not for concurrent use: the pool gives it to one body at a time."""

    def __init__(
        self, process: subprocess.Popen[bytes], link: socket.socket, hello: Mapping[str, Any], body_max: int
    ) -> None:
        self._process = process
        self._link = link
        self._body_max = body_max
        self.pid: int = process.pid
        self.confined: Measures = dict(hello["confined"])
        self.versions: dict[str, str] = dict(hello["versions"])
        self.served = 0

    @classmethod
    async def start(cls, settings: WorkerSettings, timeout: float) -> "WorkerProcess":
        """Raises WorkerDied, with the worker's own words where it had any, and TimeoutError."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            process = subprocess.Popen(  # noqa: ASYNC220 - vfork returns in about a millisecond
                [sys.executable, "-P", "-m", "facegate_addons.workers.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={name: os.environ[name] for name in INHERITED if name in os.environ} | ONE_THREAD,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # C decoders write about the bodies they choke on
                start_new_session=True,  # Ctrl-C reaches the supervisor, which drains first
            )
        try:
            async with asyncio.timeout(timeout):
                await asyncio.get_running_loop().sock_sendall(ours, frame(settings_head(settings)))
                hello, _ = await _receive(ours)
            if "error" in hello:
                raise WorkerDied(str(hello["error"]))
            return cls(process, ours, hello, settings.limits.body)
        except BaseException as error:
            _end(process, ours)
            code = await asyncio.to_thread(process.wait)
            wrong = isinstance(error, OSError | ValueError | KeyError | RecursionError)
            if wrong and not isinstance(error, TimeoutError):
                raise WorkerDied(f"it ended with {code} before it was ready") from None
            raise

    async def ask(self, payload: Payload, timeout: float) -> Verdict:
        """Raises WorkerDied or TimeoutError; then the process is of no further use and must be killed."""
        most = self._body_max if payload.cover else 0
        return await self._answer(request_head(payload), request_body(payload), most, read_reply, timeout)

    async def preview(self, glimpse: Glimpse, timeout: float) -> Preview:
        """Raises as `ask` does."""
        head, pieces = glimpses.request_head(glimpse), request_body(glimpse.payload)
        read = partial(glimpses.read_reply, rendering=glimpse.rendering)
        return await self._answer(head, pieces, glimpses.reply_max(glimpse), read, timeout)

    async def _answer[T](
        self,
        head: dict[str, Any],
        pieces: Sequence[bytes],
        body_max: int,
        read: Callable[[dict[str, Any], bytes], T],
        timeout: float,
    ) -> T:
        async with asyncio.timeout(timeout):
            try:
                await _send(self._link, [frame(head, sum(map(len, pieces))), *pieces])
                answer = read(*await _receive(self._link, body_max))
            except (OSError, ValueError, RecursionError, ProtocolError) as error:  # ValueError: no JSON, no UTF-8
                if isinstance(error, TimeoutError):
                    raise
                raise WorkerDied(type(error).__name__) from None
        self.served += 1
        return answer

    def kill(self) -> None:
        _end(self._process, self._link)

    async def gone(self) -> None:
        """After `kill`: until its memory is given back, which takes a while where there is much of it."""
        await asyncio.to_thread(self._process.wait)


async def _send(link: socket.socket, pieces: Sequence[bytes]) -> None:
    """In one call and without a copy, as far as the socket takes them."""
    try:
        sent = link.sendmsg(pieces)
    except (BlockingIOError, InterruptedError):
        sent = 0
    for piece in pieces:
        if sent < len(piece):
            await asyncio.get_running_loop().sock_sendall(link, memoryview(piece)[sent:])
        sent = max(0, sent - len(piece))


async def _receive(link: socket.socket, body_max: int = 0) -> tuple[dict[str, Any], bytes]:
    said = await _at_least(link, b"", LENGTHS.size, ANSWER)  # mostly all of it
    (head_size, body_size), said = LENGTHS.unpack_from(said), said[LENGTHS.size :]
    if head_size > REPLY_MAX or body_size > body_max:
        raise WorkerDied("an answer of a size that is none")
    said = await _at_least(link, said, head_size)
    head, said = json.loads(said[:head_size]), said[head_size:]
    if not isinstance(head, dict) or len(said) > body_size:
        raise WorkerDied("an answer that is none")
    return head, await _at_least(link, said, body_size)


async def _at_least(link: socket.socket, said: bytes, size: int, most: int = 0) -> bytes:
    """`said` and what comes after it, until `size` bytes are there; up to `most` if they come along."""
    loop, chunks, missing = asyncio.get_running_loop(), [said], size - len(said)
    while missing > 0:
        chunk = await loop.sock_recv(link, min(max(missing, most), CHUNK))
        if not chunk:
            raise WorkerDied("it ended")
        chunks.append(chunk)
        missing -= len(chunk)
    return b"".join(chunks) if len(chunks) > 1 else said


def _end(process: subprocess.Popen[bytes], link: socket.socket) -> None:
    link.close()
    process.send_signal(signal.SIGKILL)
