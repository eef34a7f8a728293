"""Who asks: the job of each request, by the first of these that is there.

A signature on the request; Basic credentials; the tunnel it came through, or the connection as it was authenticated
below HTTP; the client's certificate; the network it comes from; where the gateway listens on loopback only, the job of
everybody. What is there and wrong is refused, whatever else is there. Jobs are looked up again for each request, by
what opened the tunnel, so that a revoked one and a replaced token end within their tunnels too. Nothing that identifies
a job goes on to an origin.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from mitmproxy import connection, http
from mitmproxy.flow import Error
from mitmproxy.tls import TlsData

from facegate_addons.domain import signature
from facegate_addons.domain.identities import DELAY_MAX, Identities, is_job_id
from facegate_addons.domain.job import Job
from facegate_addons.domain.model import utc_now
from facegate_addons.domain.ports import Registry
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.bindings import Bindings, Bound
from facegate_addons.hooks.certificates import Certificates
from facegate_addons.hooks.credentials import named_in_authorization, parse_basic, take, take_token
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.slowdown import Slowdown
from facegate_addons.hooks.step import step, waiting_step
from facegate_addons.hooks.waiting import cut_off_after

logger = logging.getLogger(__name__)

LOOK_UP_SECONDS = 10.0  # of a job in the state; in memory it takes microseconds
_OWN = "facegate-own-credentials"  # in a flow's metadata: what it is Bound by, not its whole connection


@dataclass(frozen=True, slots=True)
class Wrong:
    tried: str = ""  # the job that was named
    guessed: bool = True  # by the client, which has to wait; else it is the configuration that is wrong
    reason: Reason = Reason.BAD_CREDENTIALS


class Identify:
    """`fallback` is the job of a client without credentials; None where credentials are required."""

    def __init__(
        self,
        registry: Registry,
        fallback: Job | None,
        slowdown: Slowdown,
        identities: Callable[[], Identities] = Identities,
        bindings: Bindings | None = None,
    ) -> None:
        self._registry = registry
        self._fallback = fallback
        self._slowdown = slowdown
        self._identities = identities
        self._bindings = bindings if bindings is not None else Bindings()
        self._tunnels = Bindings()
        self._certificates = Certificates()
        self._missed: set[str] = set()  # jobs that the configuration names and nobody registered

    def tls_established_client(self, data: TlsData) -> None:
        self._certificates.note(data)

    def client_disconnected(self, client: connection.Client) -> None:
        for known in (self._tunnels, self._bindings, self._certificates):
            known.forget(client.id)

    @waiting_step(LOOK_UP_SECONDS + DELAY_MAX + 1, Reason.STATE_FAILED)
    async def http_connect(self, flow: http.HTTPFlow) -> None:
        await self._identify(flow)

    @step
    def http_connected(self, flow: http.HTTPFlow) -> None:
        """Only a tunnel that is open has a job: after a refused CONNECT the next request speaks for itself again."""
        exchange = exchange_of(flow)
        own = flow.metadata.pop(_OWN, None)
        gone = flow.client_conn.timestamp_end is not None  # and `client_disconnected` with it
        if isinstance(own, Bound) and exchange.job is not None and exchange.may_leave and not gone:
            self._tunnels.bind(flow.client_conn.id, own)

    @waiting_step(LOOK_UP_SECONDS + DELAY_MAX + 1, Reason.STATE_FAILED)
    async def requestheaders(self, flow: http.HTTPFlow) -> None:
        announced = _announces_body(flow.request)
        if await self._identify(flow) is None and announced:
            _hang_up(flow)  # mitmproxy would read the body whole, and invite it with a 100, before it answers

    async def _identify(self, flow: http.HTTPFlow) -> Job | None:
        exchange = exchange_of(flow)
        found, tried = await cut_off_after(LOOK_UP_SECONDS, self._looked_up(flow))
        if isinstance(found, Wrong):
            exchange.refuse(found.reason)
            if found.guessed and not await self._slowdown.failed(client_address(flow), tried):
                _hang_up(flow)
            return None
        exchange.job = found
        if found.may_crawl(utc_now()):
            return found
        exchange.refuse(Reason.JOB_INACTIVE)
        return None

    async def _looked_up(self, flow: http.HTTPFlow) -> tuple[Job | Wrong, str]:
        """Who asks; and where credentials were wrong, the id of the job that was tried, if there is such a job."""
        found = await self._who(flow)
        return found, await self._existing(found.tried) if isinstance(found, Wrong) else ""

    async def _who(self, flow: http.HTTPFlow) -> Job | Wrong:
        presented = take(flow.request)
        exchange_of(flow).asks = tuple(presented.release)
        in_url = await take_token(flow.request, self._registry)
        if presented.signed:
            return await self._signer(flow, presented.signed)
        if presented.basic:
            pair = parse_basic(presented.basic[0]) if len(presented.basic) == 1 else None
            return await self._authentic(flow, pair)
        if in_url is not None:
            return await self._authentic(flow, in_url)
        client = flow.client_conn.id
        if (bound := self._tunnels.of(client) or self._bindings.of(client)) is not None:
            return await bound.job(self._registry) or Wrong(bound.job_id, guessed=False)
        identities = self._identities()
        if (shown := self._certificates.of(client)) is not None:
            return await self._configured("certificates", shown.job(identities.certificates, utc_now()))
        if (placed := identities.networks.job_of(client_address(flow))) is not None:
            return await self._configured("sources", placed)
        if self._fallback is not None:
            return self._fallback
        named = named_in_authorization(flow.request)
        if await self._existing(named):
            return Wrong(named)
        return Wrong(guessed=False, reason=Reason.NO_CREDENTIALS)

    async def _existing(self, job_id: str) -> str:
        return job_id if is_job_id(job_id) and await self._registry.get(job_id) is not None else ""

    async def _authentic(self, flow: http.HTTPFlow, pair: tuple[str, str] | None) -> Job | Wrong:
        return await self._own(flow, Bound(pair[0], token=pair[1])) if pair else Wrong()

    async def _signer(self, flow: http.HTTPFlow, values: list[str]) -> Job | Wrong:
        signed = signature.parse(values)
        if signed is None:
            return Wrong()
        request = flow.request
        scheme = "connect" if request.method == "CONNECT" else request.scheme
        origin = signature.origin_of(scheme, request.host, request.port)
        keys, life = await self._registry.signing_keys(signed.job), self._identities().signature_life
        now = time.time()
        key = next((key for key in keys or (None,) if signed.holds(key, request.method, origin, now, life)), None)
        return await self._own(flow, Bound(signed.job, key=key)) if key is not None else Wrong(signed.job)

    async def _own(self, flow: http.HTTPFlow, bound: Bound) -> Job | Wrong:
        """The job of credentials that came with the request itself; they may open a tunnel."""
        job = await bound.job(self._registry)
        if job is not None and flow.request.method == "CONNECT":
            flow.metadata[_OWN] = bound
        return job or Wrong(bound.job_id)

    async def _configured(self, setting: str, job_id: str | None) -> Job | Wrong:
        """The job that the configuration names for this client; None where it knows what the client showed not."""
        if job_id is None:
            return Wrong()
        job = await self._registry.get(job_id)
        if job is None and job_id not in self._missed:
            self._missed.add(job_id)
            logger.warning("identity.%s: no job %r is registered; its clients are refused", setting, job_id)
        return job or Wrong(job_id, guessed=False)


def _hang_up(flow: http.HTTPFlow) -> None:
    """Once it is answered."""
    flow.error = Error(Error.KILLED_MESSAGE)


def client_address(flow: http.HTTPFlow) -> str:
    """The one that speaks to us, never one that a header claims."""
    peer = flow.client_conn.peername
    return str(peer[0]) if peer else ""


def _announces_body(request: http.Request) -> bool:
    fields = request.headers
    length = fields.get("Content-Length", "0")
    return "Transfer-Encoding" in fields or "Expect" in fields or length.strip() != "0"
