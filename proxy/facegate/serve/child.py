"""One child process of the supervisor, kept alive.

A child says on its status pipe that it is ready, or in one line why it cannot start. The other pipe is its life line:
the supervisor holds one end and never writes; when the supervisor dies, the child reads its end and stops.
"""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Sequence
from signal import SIGKILL, SIGTERM, SIGUSR2, Signals

from facegate.errors import HomeError
from facegate.serve.listener import Listener

logger = logging.getLogger(__name__)

READY_SECONDS = 90.0  # imports, state, models of every worker, on a machine that is busy
BACKOFF_SECONDS = (0.2, 1.0, 3.0, 10.0)  # before the next start, by failures in a row
STOP_SECONDS = 5.0  # for a child that has nothing to drain
STEADY_SECONDS = 30.0  # a child that ran this long starts again without waiting
LEAVE = SIGUSR2  # tells a gateway that another one serves in its place


class Child:
    """`arguments` follow `python -m`; the descriptors of the two pipes are put behind them, and those it listens on."""

    def __init__(self, name: str, arguments: Sequence[str], listener: Listener | None = None) -> None:
        self.name = name
        self.succeeded = False  # another one is being started on the same socket: who waits there waits for that one
        self._listener = listener
        self._arguments = arguments
        self._process: asyncio.subprocess.Process | None = None
        self._lifeline = -1
        self._stopping = asyncio.Event()
        self._ready = False
        self._waiting: set[Signals] = set()  # signals that came while it started

    async def start(self) -> None:
        """Returns once it is ready. Raises HomeError with the child's own line."""
        self._ready = False
        pipes: list[int] = []
        listening = self._listener.descriptors if self._listener is not None else []
        try:
            pipes += os.pipe()
            pipes += os.pipe()
            status_read, status_write, life_read, life_write = pipes
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                *self._arguments,
                f"--status-fd={status_write}",
                f"--life-fd={life_read}",
                *([f"--listen-fds={','.join(map(str, listening))}"] if listening else []),
                pass_fds=(status_write, life_read, *listening),
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops its children in order
            )
        except BaseException as error:
            for descriptor in pipes:
                os.close(descriptor)
            if isinstance(error, OSError):  # no descriptors, no processes, no memory left
                raise HomeError(f"{self.name} cannot be started ({error.strerror})") from None
            raise
        os.close(status_write)
        os.close(life_read)
        self._lifeline = life_write
        with os.fdopen(status_read, "rb", buffering=0) as status:
            said = f"{self.name} was stopped while it started"
            try:
                if not self._stopping.is_set():  # else `stop` did not know of this process yet
                    async with asyncio.timeout(READY_SECONDS):
                        said = await _first_line(status.fileno())
            except TimeoutError:
                said = f"not ready after {READY_SECONDS:.0f} seconds"
            except OSError as error:  # no descriptors left
                said = f"{self.name} cannot be heard ({error.strerror})"
        if said != "ready":
            await self._end(STOP_SECONDS)
            raise HomeError(said or f"{self.name} ended before it was ready; its own words stand above")
        self._ready = True
        while self._waiting:
            self._send(self._waiting.pop())

    async def keep(self) -> None:
        """Start it again whenever it ends, until `stop` or `leave`."""
        failures = 0
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            assert self._process is not None
            since = loop.time()
            code = await self._process.wait()
            self._ready = False
            self._close_lifeline()
            if loop.time() - since > STEADY_SECONDS:
                failures = 0
            while not self._stopping.is_set():
                failures += 1
                pause = BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS)) - 1]
                logger.error("%s ended with %s; starting it again in %s s", self.name, code, pause)
                if await self._stops_within(pause):
                    return
                try:
                    await self.start()
                    break
                except HomeError as error:
                    if self._stopping.is_set():
                        return
                    logger.error("%s: %s", self.name, error)  # noqa: TRY400 - one line, no traceback
                    self._refuse()

    async def _stops_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        return self._stopping.is_set()

    def _refuse(self) -> None:
        """It may be long until the next start that works: clients rather try another process, or later."""
        try:
            if self._listener is not None and not self.succeeded:
                self._listener.renew()
        except HomeError as error:
            logger.error("%s: %s", self.name, error)  # noqa: TRY400 - one line, no traceback

    def signal(self, number: Signals) -> None:
        """A child that is starting has no handlers yet, so it gets the signal once it is ready."""
        if self._ready:
            self._send(number)
        else:
            self._waiting.add(number)

    def _send(self, number: Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def leave(self, seconds: float, drain: float) -> None:
        """Another one serves in its place. It ends once its clients have gone; `stop(drain)` after `seconds`."""
        self._stopping.set()
        if self._ready and self._process is not None:
            self._send(LEAVE)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._process.wait()
        await self._end(drain)

    async def stop(self, seconds: float = STOP_SECONDS) -> None:
        """SIGTERM, and SIGKILL after `seconds`. For good: `keep` ends, too."""
        self._stopping.set()
        await self._end(seconds)

    async def _end(self, seconds: float) -> None:
        self._send(SIGTERM)
        if self._process is not None:
            try:
                async with asyncio.timeout(seconds):
                    await self._process.wait()
            except TimeoutError:
                logger.error("%s did not stop in %s s and was killed", self.name, seconds)  # noqa: TRY400
                self._send(SIGKILL)
                await self._process.wait()
        self._close_lifeline()

    def _close_lifeline(self) -> None:
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1


async def _first_line(descriptor: int) -> str:
    """What the child says; "" when it ended without a word."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    with os.fdopen(os.dup(descriptor), "rb", buffering=0) as pipe:
        transport, _protocol = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        try:
            return (await reader.readline()).decode(errors="replace").strip()
        finally:
            transport.close()
