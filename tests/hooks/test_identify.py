import base64
from datetime import UTC, datetime

import pytest
from facegate_addons.domain.job import Job, JobState, Kind, Scope
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.identify import Identify, parse_basic
from hypothesis import given
from hypothesis import strategies as st

JOB = Job("job-1", "op")
OVER = Job("over", "op", scope=Scope(Kind.INDIVIDUAL, expires=datetime(2020, 1, 1, tzinfo=UTC)))
REVOKED = Job("gone", "op", state=JobState.REVOKED)


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("value", "pair"),
    [
        (basic("a:b"), ("a", "b")),
        (basic("a:b:c"), ("a", "b:c")),
        (basic("a:"), ("a", "")),
        ("basic   " + basic("a:b")[6:], ("a", "b")),
        (basic("ab"), None),
        ("Bearer abc", None),
        ("Basic ????", None),
        ("Basic", None),
        ("", None),
        ("Basic " + base64.b64encode(b"\xff:\xff").decode(), None),
    ],
)
async def test_basic_credentials(value, pair):
    assert parse_basic(value) == pair


@given(st.text())
async def test_any_text_is_credentials_or_none(text):
    parsed = parse_basic(text)
    assert parsed is None or len(parsed) == 2


@pytest.fixture
def identify(ports):
    return Identify(ports.jobs(JOB, OVER, REVOKED), None)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([], Reason.NO_CREDENTIALS),
        ([basic("job-1:wrong")], Reason.BAD_CREDENTIALS),
        ([basic("other:to:ken")], Reason.BAD_CREDENTIALS),
        ([basic("job-1:to:ken"), basic("job-1:to:ken")], Reason.BAD_CREDENTIALS),
        (["Basic"], Reason.BAD_CREDENTIALS),
        ([basic("over:to:ken")], Reason.JOB_INACTIVE),
        ([basic("gone:to:ken")], Reason.JOB_INACTIVE),
    ],
)
async def test_strangers_are_refused(identify, make_flow, values, reason):
    flow = make_flow()
    flow.request.headers.set_all("Proxy-Authorization", values)
    await identify.requestheaders(flow)
    assert exchange_of(flow).decision.reason is reason


async def test_a_job_is_known_and_its_credentials_go_no_further(identify, make_flow):
    flow = make_flow()
    flow.request.headers["Proxy-Authorization"] = basic("job-1:to:ken")
    await identify.requestheaders(flow)
    assert exchange_of(flow).job is JOB
    assert not exchange_of(flow).refused
    assert "Proxy-Authorization" not in flow.request.headers


async def test_a_tunnel_counts_for_the_requests_inside_until_the_job_ends(make_flow, ports):
    jobs = ports.jobs(JOB)
    identify = Identify(jobs, None)
    connect, inside = make_flow(), make_flow()
    inside.client_conn = connect.client_conn
    connect.request.headers["Proxy-Authorization"] = basic("job-1:to:ken")
    await identify.http_connect(connect)
    exchange_of(connect).may_leave = True
    identify.http_connected(connect)
    inside.request.headers["Proxy-Authorization"] = basic("x:y")
    await identify.requestheaders(inside)
    assert exchange_of(inside).job is JOB
    assert "Proxy-Authorization" not in inside.request.headers

    jobs.jobs["job-1"] = Job("job-1", "op", state=JobState.REVOKED)
    later = make_flow()
    later.client_conn = connect.client_conn
    await identify.requestheaders(later)
    assert exchange_of(later).decision.reason is Reason.JOB_INACTIVE

    identify.client_disconnected(connect.client_conn)
    after = make_flow()
    after.client_conn = connect.client_conn
    await identify.requestheaders(after)
    assert exchange_of(after).decision.reason is Reason.NO_CREDENTIALS


async def test_a_refused_tunnel_leaves_nothing_behind(make_flow, ports):
    identify = Identify(ports.jobs(JOB), None)
    connect, after = make_flow(), make_flow()
    after.client_conn = connect.client_conn
    connect.request.headers["Proxy-Authorization"] = basic("job-1:to:ken")
    await identify.http_connect(connect)
    assert exchange_of(connect).job is JOB
    identify.http_connected(connect)  # whoever calls it: the seal did not let this one out
    await identify.requestheaders(after)
    assert exchange_of(after).decision.reason is Reason.NO_CREDENTIALS


async def test_without_credentials_the_fallback_job_where_there_is_one(make_flow, ports):
    identify = Identify(ports.jobs(), JOB)
    flow, wrong = make_flow(), make_flow()
    await identify.requestheaders(flow)
    assert exchange_of(flow).job is JOB
    wrong.request.headers["Proxy-Authorization"] = basic("a:b")
    await identify.requestheaders(wrong)
    assert exchange_of(wrong).decision.reason is Reason.BAD_CREDENTIALS


@pytest.mark.parametrize("announced", [{"Content-Length": "5"}, {"Transfer-Encoding": "chunked"}, {"Expect": "x"}])
async def test_a_strangers_body_is_not_even_read(identify, make_flow, announced):
    flow = make_flow()
    flow.request.headers.update(announced)
    await identify.requestheaders(flow)
    assert flow.error is not None
    assert flow.error.msg == flow.error.KILLED_MESSAGE
