"""Before a gateway process serves: the cases through its own layers, chain and workers. One that leaks does not serve.

They go through a second Master, made as the one that will serve is, on a port of loopback that is closed again before
the other is opened. It asks for credentials that nobody else has, it reaches the cases' origin and nothing else, and
what it decides is written down nowhere: no line in the ledger, no record, no count.

The cases carry a picture that no detector gets to see. Where the detector in use knows the drawn face, that is a case,
too. And an addon behind the seal spoils some answers, so that what stops them is the layers below, and they alone.
"""

import asyncio
import contextlib
import importlib.metadata
import logging
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

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
from facegate_addons.wire.install import UnknownMitmproxy
from facegate_addons.wire.master import Gateway, WireSettings
from facegate_addons.wire.resolver import GuardedLoop
from facegate_addons.wire.stream import SealedStream

from facegate.errors import GateError, HomeError
from facegate.selftest import canary, http2
from facegate.selftest.careless import Careless
from facegate.selftest.cases import Case, cases, plainest, streamed, unsealed, windows
from facegate.selftest.replay import HOST, Origin, Result

logger = logging.getLogger(__name__)

SECONDS = 45.0  # about one on an idle machine; the supervisor waits 90 for a gateway (serve.child)
CASES_SECONDS = 20.0  # for those of one origin; then such as did not end can be named
SHOWN = 5  # cases that are named
POLICY = Policy(faces=Action.DROP, unreadable=Action.DROP)  # enforced, whatever the mode in force is
PLAIN, LIVE = Job("self-test", ""), Job("self-test-streams", "", streams=Live.INSPECT, websocket=Live.INSPECT)


@dataclass(frozen=True, slots=True)
class Proof:
    ways: int  # past a proxy, none of which led past this one
    seconds: float

    def __str__(self) -> str:
        return f"self-test: {self.ways} ways past a proxy tried in {self.seconds:.1f} s, nothing came through"


@dataclass(frozen=True, slots=True)
class Chosen:
    """`told`: stretches of the cases' pictures, of which nobody may receive one."""

    plain: Sequence[Case]
    http2: Sequence[Case]
    told: frozenset[bytes]


async def self_test(loop: GuardedLoop, wire: WireSettings, pool: Inspector, folder: Path) -> Proof:
    """`wire` as the gateway will have it; in `folder` lies a certificate meanwhile. Raises GateError, in which each
    leak is named, or counted, and HomeError where there is no room for that."""
    begun = time.monotonic()
    try:
        with _certificate(folder) as certificate:
            async with asyncio.timeout(SECONDS):
                results = await _tried(loop, wire, pool, certificate)
    except TimeoutError:
        raise GateError(_refusal(f"it was not over in {SECONDS:.0f} s")) from None
    except UnknownMitmproxy as error:
        raise GateError(_refusal(str(error))) from None
    except OSError as error:
        raise GateError(_refusal(f"a port of loopback did not answer ({error.strerror})")) from None
    if wrong := [result for result in results if result.wrong]:
        raise GateError(_refusal(_told(wrong)))
    proof = Proof(sum(not result.case.passes for result in results), time.monotonic() - begun)
    logger.info("%s", proof)
    return proof


async def chosen(pool: Inspector) -> Chosen:
    hidden, shown = canary.oversized(), canary.jpeg()
    verdict = await pool.inspect(Payload(shown, "image/jpeg", job=PLAIN.id))
    face = [replace(plainest(shown), name="a face")] if isinstance(verdict, Faces) else []
    told = windows(hidden) | windows(shown)
    return Chosen([*cases(hidden), *unsealed(hidden), *streamed(hidden), *face], http2.cases(hidden), told)


async def _tried(loop: GuardedLoop, wire: WireSettings, pool: Inspector, certificate: Path) -> list[Result]:
    tried = await chosen(pool)
    registry = _Registry()

    def credentials(case: Case) -> str:
        return registry.credentials(LIVE if case.live else PLAIN)

    results = []
    async with _serving(loop, replace(wire, trusted_ca=str(certificate)), pool, registry) as proxy:
        for origin in (Origin(tried.plain), http2.Http2Origin(tried.http2, certificate)):
            async with origin:
                with loop.only(HOST, origin.port):
                    results += await origin.asked_for(proxy, tried.told, credentials, CASES_SECONDS)
    return results


@contextlib.contextmanager
def _certificate(folder: Path) -> Iterator[Path]:
    """Raises HomeError."""
    with contextlib.ExitStack() as stack:
        try:
            own = stack.enter_context(tempfile.TemporaryDirectory(prefix="self-test-", dir=folder))
            certificate = http2.certificate_in(Path(own))
        except OSError as error:
            raise HomeError(f"{folder} cannot be written to ({error.strerror})") from None
        yield certificate


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
    behind = Careless(canary.oversized())
    gateway.add([*deciding, Room(limits.inflight, limits.body), InFlight(), behind])
    running, counted = asyncio.create_task(gateway.run()), SealedStream.unsealed
    try:
        if not await gateway.listening():
            raise GateError(_refusal("no port of loopback could be opened for it"))
        yield gateway.addresses[0]
    finally:
        await gateway.close_port()
        gateway.stop()
        await running
        SealedStream.unsealed = counted  # those were asked for


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
