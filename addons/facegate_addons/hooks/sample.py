"""A random share of the pictures that pass goes to review: how many faces does the detector miss?

It comes after the seal and beside the response: nothing here waits, changes what was decided, or fails an exchange.
What cannot be kept is dropped; the ledger line says that it was drawn, so the difference is counted.
"""

import asyncio
import logging
import secrets
import time
import uuid
from collections.abc import Callable, Mapping

from mitmproxy import http

from facegate_addons.domain.model import Action, Clear, Faces, Sample, utc_now
from facegate_addons.domain.ports import Samples
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import Exchange, exchange_of
from facegate_addons.hooks.scan import payload_of
from facegate_addons.inspection.sniff import PICTURES

logger = logging.getLogger(__name__)
_random = secrets.SystemRandom()

WAITING = 8  # samples on their way to the disk at once
WAITING_BYTES = 64 << 20  # of them: they stay in memory for longer than their responses
KEEP_SECONDS = 15.0
TELL_SECONDS = 60.0  # between two lines of the log about those that were not kept
_DETECTED = (Reason.FACES, Reason.BUDGET_SPENT, Reason.ACCUMULATION, Reason.TARGETED)


class Sampler:
    """`draw` gives a number from 0 to 1 that no origin can foresee."""

    def __init__(
        self,
        samples: Samples | None,
        rate: float,
        versions: Callable[[], Mapping[str, str]],
        draw: Callable[[], float] = _random.random,
    ) -> None:
        self.dropped = 0
        self._tell = 0.0  # when the log may hear of them again
        self._samples = samples
        self._rate = rate if samples is not None else 0.0
        self._versions = versions
        self._draw = draw
        self._waiting: set[asyncio.Task[None]] = set()
        self._bytes = 0

    def response(self, flow: http.HTTPFlow) -> None:
        if not self._rate:
            return
        try:
            self._consider(flow)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is no concern of this response
            self._drop(type(error).__name__)

    async def settled(self) -> None:
        """Once what was drawn so far is kept or dropped."""
        await asyncio.gather(*self._waiting)

    def _consider(self, flow: http.HTTPFlow) -> None:
        exchange = exchange_of(flow)
        if _detected(exchange):
            exchange.sampling = self._rate
            return
        if not _passed_as_clear(exchange, flow.response):
            return
        exchange.sampling = self._rate
        if self._draw() >= self._rate:
            return
        sample, body = self._drawn(exchange, flow.response), exchange.body
        assert body is not None
        exchange.sample = sample.id
        if len(self._waiting) >= WAITING or self._bytes + len(body) > WAITING_BYTES:
            self._drop("too many at once")
            return
        self._bytes += len(body)
        task = asyncio.get_running_loop().create_task(self._keep(sample, body))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    def _drawn(self, exchange: Exchange, response: http.Response | None) -> Sample:
        assert isinstance(exchange.verdict, Clear)
        assert exchange.job is not None
        assert exchange.body is not None
        assert response is not None
        payload = exchange.payload or payload_of(response, exchange.body)
        return Sample(
            id=uuid.uuid4().hex,
            job=exchange.job.id,
            digest=exchange.digest,
            codings=payload.codings,
            size=len(exchange.body),
            kind=exchange.verdict.kind,
            rate=self._rate,
            at=utc_now(),
            versions=self._versions(),
        )

    async def _keep(self, sample: Sample, body: bytes) -> None:
        assert self._samples is not None
        try:
            async with asyncio.timeout(KEEP_SECONDS):
                if not await self._samples.keep(sample, body):
                    self._drop("no room")
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - see above; the task ends here
            self._drop(type(error).__name__)
        finally:
            self._bytes -= len(body)

    def _drop(self, why: str) -> None:
        """The first is named in the log; then how many there are by now, once a minute at most."""
        self.dropped += 1
        if (now := time.monotonic()) >= self._tell:
            self._tell = now + TELL_SECONDS
            logger.warning("samples of passed pictures that were not kept: %d (%s)", self.dropped, why)


def _detected(exchange: Exchange) -> bool:
    """A picture in which a face was found, whatever was done then: the others are counted beside it."""
    verdict = exchange.verdict
    if exchange.refused or exchange.stream is not None or not isinstance(verdict, Faces):
        return False
    return verdict.kind in PICTURES and exchange.decision.reason in _DETECTED


def _passed_as_clear(exchange: Exchange, response: http.Response | None) -> bool:
    decision, verdict = exchange.decision, exchange.verdict
    return (
        exchange.stream is None
        and exchange.sealed is not None
        and response is exchange.sealed.response
        and exchange.body is not None
        and exchange.sealed.body is exchange.body
        and decision.action is Action.PASS
        and decision.reason is Reason.CLEAR
        and decision.observed is None
        and isinstance(verdict, Clear)
        and verdict.kind in PICTURES
    )
