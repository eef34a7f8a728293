"""Before a gateway process serves: the cases through its own layers, chain and workers. One that leaks does not serve.

They go through a second Master, made as the one that will serve is, on a port of loopback that is closed again before
the other is opened. It asks for credentials that nobody else has, it reaches the cases' origin and nothing else, and
what it decides is written down nowhere: no line in the ledger, no record, no count.

The cases carry a picture that no detector gets to see. Where the detector in use knows the drawn face, that is a case,
too.
"""

import asyncio
import contextlib
import importlib.metadata
import logging
import secrets
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from facegate_addons.domain.job import Job, Live, Spending
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Action, Faces, Payload, QuarantineRecord
from facegate_addons.domain.policy import Policy
from facegate_addons.domain.ports import Inspector
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.audit import Audit
from facegate_addons.hooks.chain import Parts, chain
from facegate_addons.hooks.inflight import InFlight
from facegate_addons.hooks.room import Room
from facegate_addons.wire import modes
from facegate_addons.wire.master import Gateway, WireSettings
from facegate_addons.wire.resolver import GuardedLoop

from facegate.errors import GateError
from facegate.selftest import canary
from facegate.selftest.cases import Case, cases, plainest, streamed, windows
from facegate.selftest.replay import Origin, Result

logger = logging.getLogger(__name__)

SECONDS = 45.0  # about one on an idle machine; the supervisor waits 90 for a gateway (serve.child)
CASES_SECONDS = 40.0  # of these; then those that did not end can be named
SHOWN = 5  # cases that are named
HOST = "127.0.0.1"
POLICY = Policy(faces=Action.DROP, unreadable=Action.DROP)  # enforced, whatever the mode in force is
PLAIN, LIVE = Job("self-test", ""), Job("self-test-streams", "", streams=Live.INSPECT, websocket=Live.INSPECT)


@dataclass(frozen=True, slots=True)
class Proof:
    ways: int  # past a proxy, none of which led past this one
    seconds: float

    def __str__(self) -> str:
        return f"self-test: {self.ways} ways past a proxy tried in {self.seconds:.1f} s, nothing came through"


async def self_test(loop: GuardedLoop, wire: WireSettings, pool: Inspector) -> Proof:
    """`wire` as the gateway will have it. Raises GateError, in which each leak is named, or counted."""
    begun = time.monotonic()
    try:
        async with asyncio.timeout(SECONDS):
            results = await _tried(loop, wire, pool)
    except TimeoutError:
        raise GateError(_refusal(f"it was not over in {SECONDS:.0f} s")) from None
    if wrong := [result for result in results if result.wrong]:
        raise GateError(_refusal(_told(wrong)))
    proof = Proof(sum(not result.case.passes for result in results), time.monotonic() - begun)
    logger.info("%s", proof)
    return proof


async def chosen(pool: Inspector) -> tuple[Sequence[Case], frozenset[bytes]]:
    """The cases, and stretches of their pictures."""
    hidden, shown = canary.oversized(), canary.jpeg()
    verdict = await pool.inspect(Payload(shown, "image/jpeg", job=PLAIN.id))
    face = [replace(plainest(shown), name="a face")] if isinstance(verdict, Faces) else []
    return [*cases(hidden), *streamed(hidden), *face], windows(hidden) | windows(shown)


async def _tried(loop: GuardedLoop, wire: WireSettings, pool: Inspector) -> list[Result]:
    tried, told = await chosen(pool)
    registry = _Registry()

    def credentials(case: Case) -> str:
        return registry.credentials(LIVE if case.live else PLAIN)

    async with Origin(tried) as origin, _serving(loop, wire, pool, registry) as proxy:
        with loop.only(HOST, origin.port):
            return await origin.asked_for(proxy, told, credentials, CASES_SECONDS)


@contextlib.asynccontextmanager
async def _serving(
    loop: GuardedLoop, wire: WireSettings, pool: Inspector, registry: "_Registry"
) -> AsyncIterator[tuple[str, int]]:
    """A gateway for these jobs. Host and port."""
    limits = Limits()
    gateway = Gateway(
        replace(
            wire,
            host=HOST,
            port=0,
            body_limit=limits.body,
            asks_certificates=lambda: False,
            modes=[modes.REGULAR],
            upstream_auth="",
            balancers=(),
            listening=(),
        )
    )
    parts = Parts(
        registry=registry,
        inspector=pool,
        vault=_Nowhere(),
        ledger=_Nowhere(),
        destinations=loop,
        connections=gateway,
        fallback=None,
        policy=lambda: POLICY,
        versions={},
        keep=timedelta(0),
        limits=limits,
    )
    deciding = [addon for addon in chain(parts) if not isinstance(addon, Audit)]  # it would log each case
    gateway.add([*deciding, Room(limits.inflight, limits.body), InFlight()])
    running = asyncio.create_task(gateway.run())
    try:
        if not await gateway.listening():
            raise GateError(_refusal("no port of loopback could be opened for it"))
        yield gateway.addresses[0]
    finally:
        await gateway.close_port()
        gateway.stop()
        await running


def _told(wrong: Sequence[Result]) -> str:
    told = "; ".join(f"“{result.case.name}”: {result.wrong}" for result in wrong[:SHOWN])
    return told if len(wrong) <= SHOWN else f"{told}; and {len(wrong) - SHOWN} more"


def _refusal(why: str) -> str:
    made_of = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("facegate", "mitmproxy"))
    return f"self-test: {why}. Not serving ({made_of}): see SECURITY.md"


class _Registry:
    """Two jobs, and tokens that are known here alone. Satisfies Registry."""

    def __init__(self) -> None:
        self._jobs = {job.id: (job, secrets.token_hex(16)) for job in (PLAIN, LIVE)}

    def credentials(self, job: Job) -> str:
        return f"{job.id}:{self._jobs[job.id][1]}"

    async def authenticate(self, job_id: str, token: str) -> Job | None:
        job, known = self._jobs.get(job_id, (None, ""))
        return job if secrets.compare_digest(token.encode(), known.encode()) else None

    async def get(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id, (None, ""))[0]

    async def signing_keys(self, _job_id: str) -> tuple[bytes, ...]:
        return ()

    async def spend(self, _job_id: str, _spending: Spending) -> Reason | None:
        return Reason.BUDGET_SPENT


class _Nowhere:
    """Satisfies Vault and Ledger, and keeps nothing."""

    healthy = True

    async def keep(self, record: QuarantineRecord, _body: bytes) -> str:
        raise NotImplementedError  # what is dropped is not kept

    def append(self, entry: Mapping[str, object]) -> None:
        pass
