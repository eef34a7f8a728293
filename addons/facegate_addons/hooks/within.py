"""A job may ask for nothing but its scope: then a request outside it does not go out at all."""

from mitmproxy import http

from facegate_addons.domain.job import Outside
from facegate_addons.domain.model import utc_now
from facegate_addons.domain.reasons import Reason
from facegate_addons.domain.scope import in_scope
from facegate_addons.hooks.asked import asked_of
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.step import step


class Within:
    @step
    def request(self, flow: http.HTTPFlow) -> None:
        exchange, now = exchange_of(flow), utc_now()
        job = exchange.job
        if job is None or exchange.refused or job.scope.outside is not Outside.REFUSE or not job.in_force(now):
            return
        if not in_scope(job, asked_of(flow), now):
            exchange.refuse(Reason.OUT_OF_SCOPE)
