"""Look at the whole body, in another process, and decide."""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace

from mitmproxy import http
from mitmproxy.connection import ConnectionState

from facegate_addons.domain.job import Job, Outside, Spending
from facegate_addons.domain.model import (
    PASSING,
    Action,
    Clear,
    Cover,
    Decision,
    Delivery,
    Faces,
    Hashed,
    Payload,
    Unreadable,
    Verdict,
    utc_now,
)
from facegate_addons.domain.policy import Policy, decide, observe
from facegate_addons.domain.ports import Corrections, Inspector, Registry
from facegate_addons.domain.reasons import Reason
from facegate_addons.domain.scope import Asked, in_scope
from facegate_addons.hooks.asked import asked_of
from facegate_addons.hooks.cutting import Window
from facegate_addons.hooks.exchange import Exchange, exchange_of
from facegate_addons.hooks.head import looked_at
from facegate_addons.hooks.inits import Inits
from facegate_addons.hooks.step import waiting_step
from facegate_addons.inspection.sniff import PICTURES
from facegate_addons.inspection.video.segments import init_of, is_segment

logger = logging.getLogger(__name__)

STEP_SECONDS = 300.0  # far beyond the pool's own deadlines: the last resort against a step that never returns
HASH_INLINE = 1 << 20  # bytes; up to here a sha256 takes under a millisecond of the event loop


class _Nothing:
    def corrected(self, _digest: str, _codings: tuple[str, ...], _operator: str) -> bool:
        return False


NOTHING_CORRECTED = _Nothing()


class Scan:
    """`policy` is asked for each time, so that a reloaded one counts from the next response on."""

    def __init__(
        self,
        inspector: Inspector,
        registry: Registry,
        policy: Callable[[], Policy],
        corrections: Corrections = NOTHING_CORRECTED,
    ) -> None:
        self._inspector = inspector
        self._registry = registry
        self._policy = policy
        self._corrections = corrections
        self._inits = Inits()

    @waiting_step(STEP_SECONDS, Reason.INTERNAL)
    async def response(self, flow: http.HTTPFlow) -> None:
        exchange, response = exchange_of(flow), flow.response
        if exchange.refused or response is None:
            return
        body = response.raw_content
        if body is None:
            exchange.refuse(Reason.ORIGIN_PROTOCOL)
            return
        if not flow.client_conn.state & ConnectionState.CAN_WRITE:
            exchange.refuse(Reason.CLIENT_LEFT)  # nobody waits for the answer: no need to look
            return
        exchange.body, exchange.digest = body, await _sha256(body)
        if exchange.delivery is not None:
            _deliver(exchange, exchange.delivery)
            return
        asked = asked_of(flow)
        cover, inside = await self._wanted(exchange, asked)
        hashed = Hashed(body, exchange.digest)
        job = exchange.job.id if exchange.job is not None else ""
        payload = replace(self._payload(flow, response, body, cover), whole=inside, hashed=hashed, job=job)
        exchange.payload = payload
        if not body and not payload.headers:
            exchange.decide(Decision(Action.PASS, Reason.NO_BODY, digest=exchange.digest))
            return
        operator = exchange.job.operator if exchange.job is not None else ""
        if self._corrections.corrected(exchange.digest, payload.codings, operator) and not payload.inits:
            exchange.corrected = True
            payload = replace(payload, body=b"", codings=())  # that was of the body: the head is looked at, as ever
        if not payload.body and not payload.headers:
            exchange.verdict = Clear("corrected")
            await self._decide(exchange, asked, exchange.digest, len(body))
        elif await self.looked(exchange, payload):
            if isinstance(exchange.verdict, Clear) and exchange.job and (init := init_of(body)):
                self._inits.remember(exchange.job.id, flow.request.url, init)
            await self._decide(exchange, asked, exchange.digest, len(body))

    async def looked(self, exchange: Exchange, payload: Payload) -> bool:
        """Is there a verdict on `payload`? Being busy is none."""
        exchange.verdict = verdict = await self._inspector.inspect(payload)
        if isinstance(verdict, Unreadable) and verdict.why is Reason.OVERLOADED:
            exchange.refuse(Reason.OVERLOADED)
            return False
        if isinstance(verdict, Faces) and verdict.redacted:
            exchange.redacted, exchange.redacted_digest = verdict.redacted, await _sha256(verdict.redacted)
        return True

    async def judge_window(self, flow: http.HTTPFlow, window: Window) -> None:
        """Decide on a window of a stream. A PASS is for what leaves, all else for what was looked at."""
        exchange, asked = exchange_of(flow), asked_of(flow)
        job, inside = await self._scope(exchange, asked)
        seen: Verdict | None = None
        for payload in (window.payload, window.joined) if window.joined else (window.payload,):
            exchange.body, exchange.digest = payload.body, await _sha256(payload.body)
            hashed = Hashed(payload.body, exchange.digest)
            exchange.payload = replace(payload, whole=inside, hashed=hashed, job=job.id)
            if window.doubtful:
                exchange.verdict = Unreadable(Reason.UNDECODABLE, "part")
            elif not await self.looked(exchange, exchange.payload):
                return
            elif isinstance(exchange.verdict, Clear) and not _as_said(exchange.verdict.kind, window):
                exchange.verdict = Unreadable(Reason.UNSUPPORTED_TYPE, "in a stream")
            assert exchange.verdict is not None
            exchange.verdict = seen = _worse(seen, exchange.verdict)
            if isinstance(seen, Unreadable) or (isinstance(seen, Faces) and not inside):
                break
        await self._decide(exchange, asked, await _sha256(window.data), len(window.data))

    def _payload(self, flow: http.HTTPFlow, response: http.Response, body: bytes, cover: Cover | None) -> Payload:
        payload = payload_of(response, body, cover)
        job = exchange_of(flow).job
        if job is None or not is_segment(body):
            return payload
        return replace(payload, inits=self._inits.candidates(job.id, flow.request.url))

    async def _wanted(self, exchange: Exchange, asked: Asked) -> tuple[Cover | None, bool]:
        """What faces would be covered with, and whether the body is looked at whole. A job in scope gets its faces as
        they are: nobody has to redact them, and all have to be counted."""
        job, inside = await self._scope(exchange, asked)
        policy = _policy_for(job, self._policy())
        covered = policy.faces is Action.REDACT and not (inside or policy.observes)
        return policy.cover if covered else None, inside

    async def _scope(self, exchange: Exchange, asked: Asked) -> tuple[Job, bool]:
        """The job as it is now, not as it was when it asked, and whether this request is inside its scope."""
        assert exchange.job is not None
        job = await self._registry.get(exchange.job.id) or exchange.job
        return job, in_scope(job, asked, utc_now())

    async def _decide(self, exchange: Exchange, asked: Asked, leaves: str, size: int) -> None:
        """`leaves` is the digest of what would pass, `size` its bytes."""
        assert exchange.verdict is not None
        assert exchange.payload is not None
        job, inside = await self._scope(exchange, asked)
        if not job.may_crawl(utc_now()):  # revoked, or past its end, while it waited or streamed
            exchange.refuse(Reason.JOB_INACTIVE)
            return
        counted = inside and exchange.payload.whole  # what came into scope while it was looked at was not counted
        policy, redacted = _policy_for(job, self._policy()), exchange.redacted_digest
        decision = decide(exchange.verdict, in_scope=counted, policy=policy, digest=leaves, redacted=redacted)
        if exchange.corrected and decision.reason is Reason.CLEAR:
            decision = replace(decision, reason=Reason.FALSE_POSITIVE)
        if inside and decision.action is Action.PASS:
            decision = await self._paid(exchange, job, decision, size, policy)
        if decision.action not in PASSING:
            decision = replace(decision, digest=exchange.digest)
        exchange.decide(observe(decision, policy, digest=leaves, whole=exchange.stream is None))

    async def _paid(self, exchange: Exchange, job: Job, decision: Decision, size: int, policy: Policy) -> Decision:
        """What becomes of a PASS inside the scope once the job's budgets are asked. A count that could not be written
        down is refused, not withheld as a face."""
        if not decision.findings and not job.scope.counts_responses:
            return decision
        try:
            why = await self._registry.spend(job.id, Spending(size, len(decision.findings), version=job.version))
        except Exception as error:  # noqa: BLE001 - however the state failed: no count, no release
            logger.error("a release could not be counted: %s", type(error).__name__)  # noqa: TRY400
            exchange.refuse(Reason.STATE_FAILED)
            return decision
        if why is None:
            return decision
        if decision.findings:
            return Decision(policy.withhold, why, decision.findings, decision.digest)
        if job.scope.outside is Outside.REFUSE:
            exchange.refuse(Reason.OUT_OF_SCOPE)
        return decision


def _deliver(exchange: Exchange, delivery: Delivery) -> None:
    """What was released is bound to the digest that was reviewed, as all that passes is to the one looked at."""
    if exchange.digest == delivery.digest:
        exchange.decide(Decision(Action.PASS, Reason.RELEASED, delivery.findings, delivery.digest))
    else:
        exchange.refuse(Reason.INTERNAL)


def _policy_for(job: Job, policy: Policy) -> Policy:
    return policy.redacting() if job.redact else policy


def _as_said(kind: str, window: Window) -> bool:
    """Pictures are looked at as such; what is none, with all before it."""
    return (kind not in PICTURES) if window.text else kind in PICTURES


def _worse(one: Verdict | None, other: Verdict) -> Verdict:
    """Of two looks at the same window. Unreadable wins, and of faces the larger number."""
    if isinstance(one, Faces) and not isinstance(other, Unreadable):
        return other if isinstance(other, Faces) and len(other.findings) > len(one.findings) else one
    return other


def payload_of(response: http.Response, body: bytes, cover: Cover | None = None) -> Payload:
    codings = response.headers.get("Content-Encoding", "")
    return Payload(
        body,
        response.headers.get("Content-Type", ""),
        tuple(coding for item in codings.split(",") if (coding := item.strip().lower())),
        looked_at(response.headers),
        cover,
    )


async def _sha256(body: bytes) -> str:
    if len(body) <= HASH_INLINE:
        return hashlib.sha256(body).hexdigest()
    return (await asyncio.to_thread(hashlib.sha256, body)).hexdigest()
