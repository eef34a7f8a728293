"""The response a crawler gets in place of what is withheld: RFC 9457 problem+json, built from the decision alone."""

import json

from mitmproxy import http

from facegate_addons.domain import outcome
from facegate_addons.domain.model import PASSING
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import Sealed, exchange_of


def refusal(flow: http.HTTPFlow) -> http.Response:
    """A response without a byte of what the origin sent. It is sealed as it is made."""
    exchange = exchange_of(flow)
    if exchange.decision.action in PASSING:  # decided to pass, and yet it came to this
        exchange.refuse(Reason.INTERNAL)
    decision = exchange.decision
    document = outcome.problem(decision, exchange.job.id if exchange.job else "", exchange.record, flow.id)
    body = b"" if flow.request.method == "HEAD" else json.dumps(document).encode()
    fields = {"Content-Type": "application/problem+json", "Cache-Control": "no-store"}
    fields |= outcome.headers(decision, exchange.record, flow.id)
    response = http.Response.make(outcome.status(decision.reason), body, fields)
    assert response.data.content is not None
    exchange.sealed = Sealed(response, response.data.content)
    return response
