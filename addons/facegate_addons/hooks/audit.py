"""One ledger line per exchange: who asked for what, what was seen, what was done. Where the log is on, one there."""

import logging
import time
from collections.abc import Callable, Mapping

from mitmproxy import http

from facegate_addons.domain import outcome
from facegate_addons.domain.model import Action, Clear, Decision, Faces, utc_now
from facegate_addons.domain.ports import Ledger
from facegate_addons.hooks.exchange import Exchange, exchange_of
from facegate_addons.hooks.identify import client_address
from facegate_addons.hooks.urls import logged_url, public_url

logger = logging.getLogger(__name__)

LOGGED = ("job", "method", "status", "action", "reason", "record", "size", "ms")  # of the ledger's line
KIND_MAX = 20  # characters; a worker that was taken over could send more


class Audit:
    """`versions` are those of detector and policy in force, so that a decision can be traced to them."""

    def __init__(self, ledger: Ledger, versions: Callable[[], Mapping[str, str]]) -> None:
        self._ledger = ledger
        self._versions = versions

    def response(self, flow: http.HTTPFlow) -> None:
        self._note(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        self._note(flow)

    def stream_end(self, flow: http.HTTPFlow) -> None:
        self._note(flow)

    def http_connect(self, flow: http.HTTPFlow) -> None:
        if flow.response is not None:  # a tunnel that was let through is told by the requests inside it
            self._note(flow)

    def _note(self, flow: http.HTTPFlow) -> None:
        exchange = exchange_of(flow)
        if not exchange.noted:
            exchange.noted = True
            entry = line(flow, exchange, self._versions())
            self._ledger.append(entry)
            if logger.isEnabledFor(logging.INFO):
                told = {name: entry[name] for name in LOGGED}
                logger.info("exchange", extra={**told, "url": logged_url(flow.request)})


def line(flow: http.HTTPFlow, exchange: Exchange, versions: Mapping[str, str]) -> dict[str, object]:
    """What is written down of one exchange: no body, no header, no proxy credential. URLs keep their query."""
    job, observed = exchange.job, _observed(exchange)
    # a stream that was refused later on was so for a reason of its own
    decision = observed if observed is not None and exchange.decision.action is Action.PASS else exchange.decision
    return {
        "event": "exchange",
        "at": utc_now().isoformat(),
        "id": flow.id,
        "from": client_address(flow),
        "job": job.id if job else "",
        "operator": job.operator if job else "",
        "scope": job.scope.kind.value if job else "",
        "method": flow.request.method[:16],
        "url": public_url(flow.request),
        "origin_status": exchange.origin_status,
        "status": _answered(flow, exchange),
        "action": decision.action.value,
        "reason": decision.reason.value,
        **_told_of(observed, decision),
        "detail": exchange.detail if decision is exchange.decision else "",
        "faces": len(decision.findings),
        "kind": _kind(exchange),
        "digest": exchange.digest,
        "redacted": decision.digest if decision.action is Action.REDACT else "",  # of what was sent in its place
        "size": len(exchange.body) if exchange.body is not None else 0,
        **({"released": exchange.stream.released} if exchange.stream is not None else {}),
        "record": exchange.record,
        **({"sampling": exchange.sampling, "sample": exchange.sample} if exchange.sampling else {}),
        "ms": round((time.monotonic() - exchange.started) * 1000),
        "versions": dict(versions),
    }


def _kind(exchange: Exchange) -> str:
    """What the body was, where that is known: the worker's word, which a body may have made up."""
    match exchange.verdict:
        case Clear(kind) | Faces(kind=kind):
            return kind[:KIND_MAX]
    return ""


def _observed(exchange: Exchange) -> Decision | None:
    """The decision that only observe mode made a PASS of; of a stream the first: there enforce mode had ended it."""
    if exchange.stream is not None:
        return exchange.stream.observed
    return exchange.decision if exchange.decision.observed is not None else None


def _told_of(observed: Decision | None, decision: Decision) -> dict[str, object]:
    if observed is None or observed.observed is None:
        return {}
    told: dict[str, object] = {"observed": observed.observed.value}
    return told if decision is observed else told | {"observed_reason": observed.reason.value}


def _answered(flow: http.HTTPFlow, exchange: Exchange) -> int:
    """The status the client gets. After an error that is the refusal to come, whatever the origin had begun to say."""
    response = flow.response
    if response is not None and exchange.is_ours(response):
        return response.status_code
    return outcome.status(exchange.decision.reason)
