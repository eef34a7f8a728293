"""Encrypted bytes to the vault and their record to the state, both durable before the crawler is answered."""

import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta

from mitmproxy import http

from facegate_addons.domain.model import Action, QuarantineRecord, utc_now
from facegate_addons.domain.ports import Vault
from facegate_addons.domain.reasons import Reason
from facegate_addons.domain.scope import in_scope
from facegate_addons.hooks.asked import asked_of
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.scan import payload_of
from facegate_addons.hooks.step import waiting_step
from facegate_addons.hooks.urls import public_url

KEEP_SECONDS = 15.0  # a disk that needs longer is as good as dead


class Quarantine:
    """`versions` are those of detector and policy in force, as in the ledger."""

    def __init__(self, vault: Vault, keep: timedelta, versions: Callable[[], Mapping[str, str]]) -> None:
        self._vault = vault
        self._keep = keep
        self._versions = versions

    @waiting_step(KEEP_SECONDS, Reason.VAULT_FAILED)
    async def response(self, flow: http.HTTPFlow) -> None:
        await self._keep_body(flow)

    @waiting_step(KEEP_SECONDS, Reason.VAULT_FAILED)
    async def stream_window(self, flow: http.HTTPFlow) -> None:
        await self._keep_body(flow)

    async def _keep_body(self, flow: http.HTTPFlow) -> None:
        exchange, response = exchange_of(flow), flow.response
        decision = exchange.decision
        if exchange.refused or decision.action is not Action.QUARANTINE:
            return
        assert response is not None
        assert exchange.job is not None
        assert exchange.body is not None
        payload = exchange.payload or payload_of(response, exchange.body)
        now, keep = utc_now(), exchange.job.keep
        record = QuarantineRecord(
            id=uuid.uuid4().hex,
            job=exchange.job.id,
            url=public_url(flow.request),
            digest=exchange.digest,
            size=len(payload.body),
            content_type=payload.content_type[:200],
            reason=decision.reason,
            at=now,
            expires=now + (self._keep if keep is None else min(keep, self._keep)),
            versions=self._versions(),
            findings=decision.findings,
            codings=payload.codings,
            detail=exchange.detail,
            inside=in_scope(exchange.job, asked_of(flow), now),
            request=flow.id,
        )
        exchange.record = await self._vault.keep(record, payload.body)
