"""The seal: the last writer of every message, and the one place from which bytes leave.

Out: a request goes to its origin only with a job, a judged destination and no failed step. Back: only bytes that carry
a PASS for exactly their digest leave; everything else, every failure above included, becomes a refusal without a byte
of the body. What the seal wrote is marked; the wire (wire.stream) sends nothing that lacks the mark.
"""

import hashlib

from mitmproxy import http

from facegate_addons.domain import outcome
from facegate_addons.domain.alarms import Alarm, sound
from facegate_addons.domain.model import PASSING, Action
from facegate_addons.hooks.deliver import delivered
from facegate_addons.hooks.exchange import Exchange, Sealed, exchange_of
from facegate_addons.hooks.refusal import refusal


class Seal:
    def http_connect(self, flow: http.HTTPFlow) -> None:
        _release_request(flow)

    def request(self, flow: http.HTTPFlow) -> None:
        _release_request(flow)

    def response(self, flow: http.HTTPFlow) -> None:
        exchange = exchange_of(flow)
        if not exchange.is_ours(flow.response):
            flow.response = _sealed(flow, exchange)

    def stream_window(self, flow: http.HTTPFlow) -> None:
        """One window leaves: the bytes that this PASS was for, as that very object; with the first, the head."""
        exchange, response = exchange_of(flow), flow.response
        stream, decision = exchange.stream, exchange.decision
        window = stream.window if stream is not None else None
        if (
            stream is None
            or window is None
            or response is None
            or exchange.refused
            or decision.action is not Action.PASS
        ):
            return
        if hashlib.sha256(window.data).hexdigest() != decision.digest:
            sound(Alarm.SEAL_MISMATCH)
            return
        if not stream.begun:
            stream.begun = True
            for name, value in outcome.headers(decision, "", flow.id).items():
                response.headers[name] = value
            response.data.content = window.data
        stream.released += len(window.data)
        stream.sha256.update(window.data)
        if stream.observed is None and decision.observed is not None:
            stream.observed = decision
        exchange.sealed = Sealed(response, window.data)

    def stream_end(self, flow: http.HTTPFlow) -> None:
        exchange = exchange_of(flow)
        if exchange.stream is not None:
            exchange.digest = exchange.stream.sha256.hexdigest()


def _release_request(flow: http.HTTPFlow) -> None:
    """Take Deny's response away from a request that earned it; make it a refusal with its reason for the rest. What was
    released to the job is answered here: that request does not leave."""
    exchange = exchange_of(flow)
    released = exchange.delivery is not None
    exchange.may_leave = exchange.job is not None and exchange.destination_ok and not (exchange.refused or released)
    if exchange.may_leave:
        flow.response = None
    elif exchange.delivery is not None and not exchange.refused:
        flow.response = delivered(exchange.delivery)
    else:
        flow.response = refusal(flow)


def _sealed(flow: http.HTTPFlow, exchange: Exchange) -> http.Response:
    response, decision = flow.response, exchange.decision
    body = response.data.content if response is not None else None
    if response is None or body is None or decision.action not in PASSING or not decision.digest:
        return refusal(flow)
    if exchange.digest_of(body) != decision.digest:
        sound(Alarm.SEAL_MISMATCH)
        return refusal(flow)
    for name, value in outcome.headers(decision, exchange.record, flow.id).items():
        response.headers[name] = value
    exchange.sealed = Sealed(response, body)
    return response
