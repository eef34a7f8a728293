from dataclasses import replace
from datetime import UTC, datetime

import pytest
from facegate_addons.domain.job import Job, JobState, Kind, Outside, Scope
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.within import Within

SCOPE = Scope(
    Kind.INDIVIDUAL, hosts=("news.example",), expires=datetime(2099, 1, 1, tzinfo=UTC), outside=Outside.REFUSE
)
NARROW = Job("narrow", "o", scope=SCOPE, state=JobState.APPROVED)


def ask(make_flow, job, host):
    flow = make_flow()
    flow.request.host = flow.request.headers["Host"] = host
    flow.server_conn.sni = None
    exchange_of(flow).job = job
    Within().request(flow)
    return exchange_of(flow)


def test_a_request_outside_is_refused_when_the_job_asks_for_it(make_flow):
    exchange = ask(make_flow, NARROW, "other.example")
    assert exchange.refused
    assert exchange.decision.reason is Reason.OUT_OF_SCOPE


@pytest.mark.parametrize(
    ("job", "host"),
    [
        (NARROW, "news.example"),
        (replace(NARROW, state=JobState.PENDING), "other.example"),  # crawls as an untargeted one
        (replace(NARROW, scope=replace(SCOPE, outside=Outside.UNTARGETED)), "other.example"),
        (Job("plain", "o"), "other.example"),
    ],
)
def test_all_others_go_on(make_flow, job, host):
    assert not ask(make_flow, job, host).refused
