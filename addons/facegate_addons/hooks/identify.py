"""Who asks: proxy credentials -> Job.

A plain request carries its own credentials; in a tunnel those of the CONNECT count for every request inside, looked up
again each time, so that a revoked job ends within the tunnel too. Credentials never go on to the origin.
"""

import base64
import binascii

from mitmproxy import connection, http
from mitmproxy.flow import Error

from facegate_addons.domain.job import Job
from facegate_addons.domain.model import utc_now
from facegate_addons.domain.ports import Registry
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.step import step, waiting_step

_HEADER = "Proxy-Authorization"
LOOK_UP_SECONDS = 10.0  # of a job in the state; in memory it takes microseconds


class Identify:
    """`fallback` is the job of a client without credentials; None where credentials are required."""

    def __init__(self, registry: Registry, fallback: Job | None) -> None:
        self._registry = registry
        self._fallback = fallback
        self._tunnels: dict[str, str] = {}  # client connection id -> job id

    @waiting_step(LOOK_UP_SECONDS, Reason.STATE_FAILED)
    async def http_connect(self, flow: http.HTTPFlow) -> None:
        await self._identify(flow)

    @step
    def http_connected(self, flow: http.HTTPFlow) -> None:
        """Only a tunnel that is open has a job: after a refused CONNECT the next request speaks for itself again."""
        exchange = exchange_of(flow)
        if exchange.job is not None and exchange.may_leave:
            self._tunnels[flow.client_conn.id] = exchange.job.id

    @waiting_step(LOOK_UP_SECONDS, Reason.STATE_FAILED)
    async def requestheaders(self, flow: http.HTTPFlow) -> None:
        tunnel = self._tunnels.get(flow.client_conn.id)
        if tunnel is None:
            job = await self._identify(flow)
        else:
            flow.request.headers.pop(_HEADER, None)
            job = self._admit(flow, await self._by_id(tunnel))
        if job is None and _announces_body(flow.request):
            flow.error = Error(
                Error.KILLED_MESSAGE
            )  # mitmproxy would read the body whole, and invite it with a 100, before it answers

    def client_disconnected(self, client: connection.Client) -> None:
        self._tunnels.pop(client.id, None)

    async def _identify(self, flow: http.HTTPFlow) -> Job | None:
        values = flow.request.headers.get_all(_HEADER)
        flow.request.headers.pop(_HEADER, None)
        if not values:
            if self._fallback is None:
                exchange_of(flow).refuse(Reason.NO_CREDENTIALS)
                return None
            return self._admit(flow, self._fallback)
        pair = parse_basic(values[0]) if len(values) == 1 else None
        return self._admit(flow, await self._registry.authenticate(*pair) if pair else None)

    async def _by_id(self, job_id: str) -> Job | None:
        if self._fallback is not None and job_id == self._fallback.id:
            return self._fallback
        return await self._registry.get(job_id)

    def _admit(self, flow: http.HTTPFlow, job: Job | None) -> Job | None:
        exchange = exchange_of(flow)
        if job is None:
            exchange.refuse(Reason.BAD_CREDENTIALS)
        elif not job.may_crawl(utc_now()):
            exchange.job = job
            exchange.refuse(Reason.JOB_INACTIVE)
        else:
            exchange.job = job
            return job
        return None


def parse_basic(value: str) -> tuple[str, str] | None:
    """(job id, token) of a Basic credential; None when it is none. The token may contain colons (RFC 7617, 2)."""
    scheme, _, text = value.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        job_id, colon, token = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (job_id, token) if colon else None


def _announces_body(request: http.Request) -> bool:
    fields = request.headers
    length = fields.get("Content-Length", "0")
    return "Transfer-Encoding" in fields or "Expect" in fields or length.strip() != "0"
