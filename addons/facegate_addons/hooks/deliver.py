"""What persons released to a job, in the origin's place: once, to a request that asks for it.

`Facegate-Release: RECORD` on a GET of a URL where the job had met the record. The request does not leave; the body
comes from the vault and passes the seal like any other, by the digest that was reviewed. It counts as delivered before
a byte of it is sent, so that no failure can make two of one.
"""

from mitmproxy import http

from facegate_addons.domain.job import Job, Spending
from facegate_addons.domain.model import Delivery, utc_now
from facegate_addons.domain.ports import Ledger, Registry, Releases
from facegate_addons.domain.reasons import Reason
from facegate_addons.domain.scope import in_scope
from facegate_addons.hooks.asked import asked_of
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.step import waiting_step
from facegate_addons.hooks.transport import CODINGS
from facegate_addons.hooks.urls import public_url

DELIVER_SECONDS = 15.0  # to read and decrypt a body; a disk that needs longer is as good as dead


class Deliver:
    def __init__(self, releases: Releases | None, registry: Registry, ledger: Ledger) -> None:
        self._releases = releases
        self._registry = registry
        self._ledger = ledger

    @waiting_step(DELIVER_SECONDS, Reason.VAULT_FAILED)
    async def request(self, flow: http.HTTPFlow) -> None:
        exchange = exchange_of(flow)
        if not exchange.asks or exchange.refused or exchange.job is None:
            return
        if flow.request.method != "GET" or len(exchange.asks) != 1 or self._releases is None:
            exchange.refuse(Reason.NOT_RELEASED)
            return
        if not self._ledger.healthy:
            exchange.refuse(Reason.LEDGER_FAILED)
            return
        waiting = await self._releases.waiting(exchange.asks[0], exchange.job.id, public_url(flow.request))
        if waiting is None:
            exchange.refuse(Reason.NOT_RELEASED)
        elif (why := await self._spent(flow, exchange.job, waiting)) is not None:
            exchange.refuse(why)
        elif await self._releases.take(waiting):
            exchange.delivery, exchange.record = waiting, waiting.record
        else:
            exchange.refuse(Reason.NOT_RELEASED)

    async def _spent(self, flow: http.HTTPFlow, job: Job, delivery: Delivery) -> Reason | None:
        """Inside a targeted scope it counts like any face that passes."""
        job = await self._registry.get(job.id) or job
        if not job.may_crawl(utc_now()):
            return Reason.JOB_INACTIVE
        if not in_scope(job, asked_of(flow), utc_now()):
            return None if delivery.seconded else Reason.NOT_RELEASED
        spending = Spending(len(delivery.body), max(1, len(delivery.findings)), version=job.version)
        return await self._registry.spend(job.id, spending)


def delivered(delivery: Delivery) -> http.Response:
    """The body under a head of our own: what type and codings the record has, and nothing else of the origin's."""
    fields = {"Content-Type": delivery.content_type or "application/octet-stream", "Cache-Control": "no-store"}
    response = http.Response.make(200, b"", fields)
    if delivery.codings and CODINGS.issuperset(delivery.codings):  # another is the origin's own text, which nobody saw
        response.headers["Content-Encoding"] = ", ".join(delivery.codings)
    response.headers["Content-Length"] = str(len(delivery.body))
    response.data.content = delivery.body  # as it came; make() would apply the codings
    return response
