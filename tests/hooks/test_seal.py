import hashlib

import pytest
from facegate_addons.domain.alarms import Alarm, listen
from facegate_addons.domain.job import Job
from facegate_addons.domain.model import Action, Decision
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.deny import Deny
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.refusal import refusal
from facegate_addons.hooks.seal import Seal

BODY = b"the very bytes"
DIGEST = hashlib.sha256(BODY).hexdigest()


def looked_at(make_flow, decision, body=BODY):
    flow = make_flow(body, 200, ETag='"1"')
    exchange = exchange_of(flow)
    exchange.body, exchange.digest = BODY, DIGEST
    exchange.decide(decision)
    return flow


def test_a_pass_for_exactly_these_bytes_leaves(make_flow):
    flow = looked_at(make_flow, Decision(Action.PASS, Reason.CLEAR, digest=DIGEST))
    response = flow.response
    Seal().response(flow)
    assert flow.response is response
    assert (response.status_code, response.raw_content, response.headers["ETag"]) == (200, BODY, '"1"')
    assert (response.headers["Facegate-Verdict"], response.headers["Facegate-Action"]) == ("clear", "pass")
    assert exchange_of(flow).is_ours(response)


@pytest.mark.parametrize(
    ("decision", "body"),
    [
        (Decision(Action.PASS, Reason.CLEAR, digest=DIGEST), b"other bytes"),
        (Decision(Action.PASS, Reason.CLEAR, digest=DIGEST), BODY + b"."),
        (Decision(Action.PASS, Reason.CLEAR, digest="other"), BODY),
        (Decision(Action.PASS, Reason.CLEAR), BODY),
        (Decision(Action.REDACT, Reason.FACES, digest="of a copy"), BODY),
        (Decision(Action.DROP, Reason.FACES, digest=DIGEST), BODY),
        (Decision(Action.QUARANTINE, Reason.FACES, digest=DIGEST), BODY),
        (Decision(Action.REFUSE, Reason.INTERNAL, digest=DIGEST), BODY),
    ],
)
def test_nothing_else_leaves(make_flow, decision, body):
    flow = looked_at(make_flow, decision, body)
    Seal().response(flow)
    assert flow.response.status_code >= 400
    assert body not in flow.response.raw_content
    assert "ETag" not in flow.response.headers


def test_a_response_without_exchange_or_body_does_not_leave(make_flow):
    unknown, empty = make_flow(BODY), looked_at(make_flow, Decision(Action.PASS, Reason.CLEAR, digest=DIGEST))
    empty.response.raw_content = None
    for flow in (unknown, empty):
        Seal().response(flow)
        assert flow.response.status_code >= 400


@pytest.mark.parametrize("hook", ["request", "http_connect"])
def test_a_request_leaves_only_with_a_job_and_a_judged_destination(make_flow, hook):
    for job, destination, refused in [(None, True, False), (Job("j", "o"), False, False), (Job("j", "o"), True, True)]:
        flow = make_flow()
        getattr(Deny(), "requestheaders" if hook == "request" else hook)(flow)
        exchange = exchange_of(flow)
        exchange.job, exchange.destination_ok = job, destination
        if refused:
            exchange.refuse(Reason.INTERNAL)
        getattr(Seal(), hook)(flow)
        assert not exchange.may_leave
        assert flow.response.status_code >= 400
    flow = make_flow()
    Deny().requestheaders(flow)
    exchange_of(flow).job, exchange_of(flow).destination_ok = Job("j", "o"), True
    getattr(Seal(), hook)(flow)
    assert exchange_of(flow).may_leave
    assert flow.response is None


def test_the_gates_own_refusal_is_sealed_as_it_is(make_flow):
    flow = make_flow()
    exchange_of(flow).refuse(Reason.PORT_REFUSED)
    flow.response = ours = refusal(flow)
    Seal().response(flow)
    assert flow.response is ours


def test_what_is_only_observed_leaves_as_it_is_and_says_so(make_flow):
    observed = Decision(Action.PASS, Reason.FACES, digest=DIGEST, observed=Action.QUARANTINE)
    flow = looked_at(make_flow, observed)
    Seal().response(flow)
    assert (flow.response.status_code, flow.response.raw_content) == (200, BODY)
    assert flow.response.headers["Facegate-Observed"] == "quarantine"
    other = looked_at(make_flow, observed, b"other bytes")
    Seal().response(other)
    assert other.response.status_code == 502
    assert b"other bytes" not in other.response.raw_content
    assert "Facegate-Observed" not in other.response.headers


def test_a_pass_for_other_bytes_sounds_an_alarm(make_flow):
    heard: list[Alarm] = []
    stop = listen(heard.append)
    for decision, body in (
        (Decision(Action.PASS, Reason.CLEAR, digest=DIGEST), BODY),
        (Decision(Action.DROP, Reason.FACES, digest=DIGEST), BODY),
        (Decision(Action.REFUSE, Reason.INTERNAL, digest="other"), BODY),
    ):
        Seal().response(looked_at(make_flow, decision, body))
    assert heard == []
    Seal().response(looked_at(make_flow, Decision(Action.PASS, Reason.CLEAR, digest=DIGEST), b"other bytes"))
    stop()
    assert heard == [Alarm.SEAL_MISMATCH]
