"""Pictures of quarantined bodies for the console: made by one confined worker, started when somebody first needs it.

This process never decodes a body. Mosaics are remembered, in memory alone, until nobody looked for a while; plain
pictures are not.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable

from facegate_addons.domain.model import Payload, QuarantineRecord, Unreadable
from facegate_addons.domain.preview import Glimpse, Preview, Rendering
from facegate_addons.domain.reasons import Reason
from facegate_addons.workers.pool import InspectionPool, PoolFailed
from facegate_addons.workers.protocol import WorkerSettings

from facegate.errors import FacegateError

logger = logging.getLogger(__name__)

IDLE = 300.0  # seconds without a look, after which the worker ends and what is remembered goes
REMEMBERED = 10_000  # mosaics, of half a kilobyte each
MOSAIC_SECONDS = 4.0  # a grid has fifty of them, and one worker makes them
PLAIN_SECONDS = 15.0  # somebody asked for this one
AT_ONCE = 2  # plain ones: each may hold a body of 64 MB
NONE = b""  # in place of a mosaic, for a body that shows none
# what may come out otherwise when it is tried again
_PASSING = (Reason.OVERLOADED, Reason.INSPECTION_FAILED, Reason.LIMIT_TIME, Reason.LIMIT_MEMORY)


class Previews:
    """For one event loop. `read` gives a record's bytes, or raises FacegateError; it is called in a thread."""

    def __init__(self, settings: WorkerSettings, read: Callable[[str], bytes], idle: float = IDLE) -> None:
        self._settings = settings
        self._read = read
        self._idle = idle
        self._pool: InspectionPool | None = None
        self._starting = asyncio.Lock()
        self._ending: asyncio.Task[None] | None = None
        self._busy = 0
        self._used = 0.0
        self._one = asyncio.Semaphore(1)  # so that somebody who waits for a plain one waits for one mosaic at most
        self._few = asyncio.Semaphore(AT_ONCE)
        self._mosaics: OrderedDict[str, bytes] = OrderedDict()

    async def mosaic(self, record: QuarantineRecord) -> bytes:
        """A PNG of a few pixels; NONE where the body shows no picture, or cannot be read."""
        if record.id not in self._mosaics:
            async with self._one:
                if record.id not in self._mosaics:
                    await self._make(record)
        image = self._mosaics.get(record.id, NONE)
        if image:
            self._mosaics.move_to_end(record.id)
        return image

    async def _make(self, record: QuarantineRecord) -> None:
        try:
            preview = await self._look(record, Rendering.BLURRED, MOSAIC_SECONDS)
        except FacegateError as error:  # of a damaged file; who asks to see it plain is told
            logger.warning("%s", error)
            return
        pictures = preview.pictures if isinstance(preview, Preview) else ()
        if pictures or preview.why not in _PASSING:
            self._mosaics[record.id] = pictures[0].image if pictures else NONE
            if len(self._mosaics) > REMEMBERED:
                self._mosaics.popitem(last=False)

    async def plain(self, record: QuarantineRecord) -> Preview | Unreadable:
        """Raises FacegateError when the bytes are not there."""
        async with self._few:
            return await self._look(record, Rendering.PLAIN, PLAIN_SECONDS)

    def forget(self, record_id: str) -> None:
        """The record's bytes are gone."""
        self._mosaics.pop(record_id, None)

    async def close(self) -> None:
        """Idempotent; the next look would start a worker again."""
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        self._mosaics.clear()
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()

    async def _look(self, record: QuarantineRecord, rendering: Rendering, seconds: float) -> Preview | Unreadable:
        body = await asyncio.to_thread(self._read, record.id)
        payload = Payload(body, record.content_type, record.codings)
        del body
        self._busy += 1
        try:
            pool = await self._started()
            return await pool.preview(Glimpse(payload, rendering, record.findings, seconds))
        except PoolFailed as error:
            logger.error("%s", error)  # noqa: TRY400 - a line for the operator
            return Unreadable(Reason.INSPECTION_FAILED, "no worker could be started")
        finally:
            self._busy -= 1
            self._used = asyncio.get_running_loop().time()

    async def _started(self) -> InspectionPool:
        async with self._starting:
            if self._pool is None:
                self._pool = await InspectionPool(self._settings, 1).__aenter__()
                self._ending = asyncio.create_task(self._end_when_idle())
            return self._pool

    async def _end_when_idle(self) -> None:
        loop = asyncio.get_running_loop()
        self._used = loop.time()
        while self._busy or (left := self._used + self._idle - loop.time()) > 0:  # noqa: ASYNC110 - on the clock
            await asyncio.sleep(self._idle if self._busy else left)
        pool, self._pool, self._ending = self._pool, None, None
        self._mosaics.clear()
        if pool is not None:
            await pool.close()
