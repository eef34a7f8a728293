"""Look at the whole body, in another process, and decide."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace

from mitmproxy import http
from mitmproxy.connection import ConnectionState
from mitmproxy.net.http.url import parse_authority

from facegate_addons.domain.model import (
    PASSING,
    Action,
    Clear,
    Cover,
    Decision,
    Faces,
    Job,
    Payload,
    Unreadable,
    utc_now,
)
from facegate_addons.domain.policy import Policy, decide
from facegate_addons.domain.ports import Inspector, Registry
from facegate_addons.domain.reasons import Reason
from facegate_addons.domain.scope import in_scope
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


class Scan:
    """`policy` is asked for each time, so that a reloaded one counts from the next response on."""

    def __init__(self, inspector: Inspector, registry: Registry, policy: Callable[[], Policy]) -> None:
        self._inspector = inspector
        self._registry = registry
        self._policy = policy
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
        hosts = names_of(flow)
        exchange.payload = payload = self._payload(flow, response, body, self._cover(exchange, hosts))
        if not body and not payload.headers:
            exchange.decide(Decision(Action.PASS, Reason.NO_BODY, digest=exchange.digest))
            return
        if await self.looked(exchange, payload):
            if isinstance(exchange.verdict, Clear) and exchange.job and (init := init_of(body)):
                self._inits.remember(exchange.job.id, flow.request.url, init)
            await self._decide(exchange, hosts, exchange.digest)

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
        exchange = exchange_of(flow)
        for payload in (window.payload, window.joined) if window.joined else (window.payload,):
            exchange.payload, exchange.body = payload, payload.body
            exchange.digest = await _sha256(payload.body)
            if window.doubtful:
                exchange.verdict = Unreadable(Reason.UNDECODABLE, "part")
            elif not await self.looked(exchange, payload):
                return
            elif isinstance(exchange.verdict, Clear) and not _as_said(exchange.verdict.kind, window):
                exchange.verdict = Unreadable(Reason.UNSUPPORTED_TYPE, "in a stream")
            if not isinstance(exchange.verdict, Clear):
                break
        await self._decide(exchange, names_of(flow), await _sha256(window.data))

    def _payload(self, flow: http.HTTPFlow, response: http.Response, body: bytes, cover: Cover | None) -> Payload:
        payload = payload_of(response, body, cover)
        job = exchange_of(flow).job
        if job is None or not is_segment(body):
            return payload
        return replace(payload, inits=self._inits.candidates(job.id, flow.request.url))

    def _cover(self, exchange: Exchange, hosts: Iterable[str]) -> Cover | None:
        """What faces would be covered with. A job in scope gets them as they are, and nobody has to redact them."""
        policy = self._policy()
        if policy.faces is not Action.REDACT or self._scope(exchange, hosts)[1]:
            return None
        return policy.cover

    def _scope(self, exchange: Exchange, hosts: Iterable[str]) -> tuple[Job, bool]:
        """The job as it is now, not as it was when it asked, and whether this request is inside its scope."""
        assert exchange.job is not None
        job = self._registry.get(exchange.job.id) or exchange.job
        return job, all(in_scope(job, host, utc_now()) for host in hosts)

    async def _decide(self, exchange: Exchange, hosts: Iterable[str], leaves: str) -> None:
        """`leaves` is the digest of what would pass."""
        assert exchange.verdict is not None
        job, inside = self._scope(exchange, hosts)
        policy, digest = self._policy(), leaves
        redacted = exchange.redacted_digest
        decision = decide(exchange.verdict, in_scope=inside, policy=policy, digest=digest, redacted=redacted)
        if decision.reason is Reason.TARGETED and not await self._released(exchange, job):
            decision = Decision(policy.withhold, Reason.BUDGET_SPENT, decision.findings, digest)
        if decision.action not in PASSING:
            decision = replace(decision, digest=exchange.digest)
        exchange.decide(decision)

    async def _released(self, exchange: Exchange, job: Job) -> bool:
        """Is this release counted? One that could not be written down is refused, not withheld as a face."""
        try:
            return await self._registry.spend_release(job.id)
        except Exception as error:  # noqa: BLE001 - however the state failed: no count, no release
            logger.error("a release could not be counted: %s", type(error).__name__)  # noqa: TRY400
            exchange.refuse(Reason.STATE_FAILED)
            return False


def names_of(flow: http.HTTPFlow) -> set[str]:
    """Every name the origin was asked by. One server answers for many: which of them is up to Host and SNI."""
    request = flow.request
    said = filter(None, (request.authority, *request.headers.get_all("Host")))
    names = {parse_authority(value, check=False)[0] for value in said}
    return names | {request.host} | ({flow.server_conn.sni} if flow.server_conn.sni else set())


def _as_said(kind: str, window: Window) -> bool:
    """Pictures are looked at as such; what is none, with all before it."""
    return (kind not in PICTURES) if window.text else kind in PICTURES


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
