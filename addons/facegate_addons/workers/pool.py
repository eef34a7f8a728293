"""A bounded pool of inspection workers. A dead, hung or slow worker means withheld, never passed.

Each slot keeps one worker alive: it is started, lent to one body at a time, and replaced when it dies, hangs or has
served its share. What waits does so in a fair line, bounded in number and in bytes; beyond that the answer is
`overloaded`.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType

from facegate_addons.domain.model import Payload, Unreadable, Verdict
from facegate_addons.domain.preview import Glimpse, Preview
from facegate_addons.domain.reasons import Reason
from facegate_addons.workers.ends import End
from facegate_addons.workers.fair import Crowded, FairLine
from facegate_addons.workers.pace import Pace
from facegate_addons.workers.process import WorkerDied, WorkerProcess
from facegate_addons.workers.protocol import WorkerSettings

logger = logging.getLogger(__name__)

START_SECONDS = 60.0  # imports and model: under a second; a machine in trouble gets its time
GRACE_SECONDS = 1.0  # beyond the worker's own budget, so that it can say itself that time ran out
RECYCLE_AFTER = 5_000  # bodies; what a decoder leaks ends with its process
BACKOFF_SECONDS = (0.0, 0.1, 0.5, 2.0, 10.0)  # before the next start, by failures in a row


class PoolFailed(Exception):
    """No worker could be started; the text is the worker's reason, for the operator."""


class InspectionPool:
    """Satisfies the Inspector port. `async with InspectionPool(settings, size) as pool: ...`"""

    def __init__(
        self,
        settings: WorkerSettings,
        size: int,
        ended: Callable[[End], None] = lambda _why: None,
        waited: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        """`ended` is told of each worker that is replaced, `waited` for how long each body waited for one, in vain or
        not."""
        self._waited = waited
        self._settings = settings
        self._ended = ended
        self._size = size
        limits = settings.limits
        room = max(limits.queue_bytes, limits.body)
        self._line = FairLine[WorkerProcess](limits.queue, room, max(1, size - 1))
        self._pace = Pace()
        self._serving: set[WorkerProcess] = set()  # free, at work, or on the way from one body to the next
        self._killed: set[WorkerProcess] = set()  # and not gone yet
        self._starting: set[asyncio.Task[None]] = set()
        self._failures = 0
        self._closed = False
        self.versions: Mapping[str, str] = {}

    @property
    def alive(self) -> int:
        """Workers that are ready or at work."""
        return len(self._serving)

    @property
    def waiting(self) -> int:
        """Bodies that wait for a worker."""
        return self._line.waiting

    async def __aenter__(self) -> "InspectionPool":
        results = await asyncio.gather(*(self._start() for _ in range(self._size)), return_exceptions=True)
        failed = [result for result in results if isinstance(result, BaseException)]
        if failed:
            await self.close()
            raise PoolFailed(f"no inspection worker could be started: {failed[0]}")
        refused = {name: why for worker in self._serving for name, why in worker.confined.items() if why}
        logger.info("%d inspection workers are ready", self._size, extra={"refused": refused})
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        self._closed = True
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        self._line.drain()
        for worker in self._serving:
            worker.kill()
        await asyncio.gather(*(worker.gone() for worker in [*self._serving, *self._killed]))

    async def inspect(self, payload: Payload) -> Verdict:
        seconds = self._settings.limits.seconds + GRACE_SECONDS
        return await self._lend(payload, lambda worker: worker.ask(payload, seconds))

    async def preview(self, glimpse: Glimpse) -> Preview | Unreadable:
        """Never raises. Unreadable when no worker was to be had, or it failed."""
        seconds = min(self._settings.limits.seconds, glimpse.seconds) + GRACE_SECONDS
        return await self._lend(glimpse.payload, lambda worker: worker.preview(glimpse, seconds))

    async def _lend[T](self, payload: Payload, ask: Callable[[WorkerProcess], Awaitable[T]]) -> T | Unreadable:
        job, size, asked = payload.job, len(payload.body), time.monotonic()
        try:
            async with asyncio.timeout(self._settings.limits.seconds):
                worker = await self._line.take(job, size, heavy=self._pace.heavy(job, size))
        except (TimeoutError, Crowded):
            return Unreadable(Reason.OVERLOADED)
        finally:
            self._waited(time.monotonic() - asked)
        fit, end, began = False, End.LEFT, time.monotonic()
        try:
            answer = await ask(worker)
            fit, end = worker.served < RECYCLE_AFTER, End.RECYCLED
            return answer
        except WorkerDied:
            end = End.DIED
            logger.warning("worker %d died over a body of %d bytes", worker.pid, size, extra=_told(worker, payload))
            return Unreadable(Reason.INSPECTION_FAILED, "the worker died")
        except TimeoutError:
            end = End.CUT_OFF
            logger.warning(
                "worker %d was cut off over a body of %d bytes", worker.pid, size, extra=_told(worker, payload)
            )
            return Unreadable(Reason.LIMIT_TIME)
        finally:  # also when the caller was cancelled in between: the socket is then out of step
            self._pace.took(job, time.monotonic() - began)
            if fit and not self._closed:
                self._line.put(worker)
            else:
                worker.kill()
                self._serving.discard(worker)
                self._line.drop(worker)
                self._replace(worker)
                if not self._closed:
                    self._ended(end)

    def _replace(self, killed: WorkerProcess) -> None:
        self._killed.add(killed)
        task = asyncio.create_task(self._restart(killed))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _start(self) -> None:
        worker = await WorkerProcess.start(self._settings, START_SECONDS)
        self.versions = worker.versions
        self._failures = 0
        self._serving.add(worker)
        self._line.put(worker)

    async def _restart(self, killed: WorkerProcess) -> None:
        await killed.gone()
        self._killed.discard(killed)
        while not self._closed:
            await asyncio.sleep(BACKOFF_SECONDS[min(self._failures, len(BACKOFF_SECONDS) - 1)])
            try:
                return await self._start()
            except (Exception, asyncio.CancelledError) as error:
                if self._closed:
                    raise
                self._failures += 1
                why = str(error) if isinstance(error, WorkerDied | OSError) else type(error).__name__
                logger.error("no inspection worker could be started: %s", why)  # noqa: TRY400 - no traceback wanted


def _told(worker: WorkerProcess, payload: Payload) -> dict[str, object]:
    """Fields of a line of the log."""
    return {"worker": worker.pid, "size": len(payload.body), "job": payload.job}
