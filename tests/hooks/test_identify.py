"""Who asks: which of the credentials counts, and that nothing wrong falls through to the next."""

import base64
import time
from datetime import UTC, datetime, timedelta

import pytest
from facegate_addons.domain import signature
from facegate_addons.domain.identities import Identities, identities
from facegate_addons.domain.job import Job, JobState, Kind, Scope
from facegate_addons.domain.model import utc_now
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.bindings import Bindings, Bound
from facegate_addons.hooks.certificates import Certificate
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.identify import Identify
from facegate_addons.hooks.slowdown import Slowdown

JOB = Job("job-1", "op")
OTHER = Job("job-2", "op")
OVER = Job("over", "op", scope=Scope(Kind.INDIVIDUAL, expires=datetime(2020, 1, 1, tzinfo=UTC)))
REVOKED = Job("gone", "op", state=JobState.REVOKED)
PRINT = "ab" * 32


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def signed(job: str = "job-1", method: str = "GET", origin: str = "http://address:22", expires: int = 0) -> str:
    expires = expires or int(time.time()) + 60
    made = signature.signature(f"key of {job}".encode(), job, expires, method, origin)
    return f"job={job}, expires={expires}, signature={made}"


@pytest.fixture
def jobs(ports):
    return ports.jobs(JOB, OTHER, OVER, REVOKED)


@pytest.fixture
def book(ports):
    return ports.book()


@pytest.fixture
def make(jobs, book):
    def make(
        fallback: Job | None = None, known: Identities | None = None, bindings: Bindings | None = None
    ) -> Identify:
        return Identify(jobs, fallback, Slowdown(book, lambda: 0.0), lambda: known or Identities(), bindings)

    return make


@pytest.fixture
def identify(make):
    return make()


def with_certificate(identify, flow, **dates):
    begins, ends = dates.get("begins", utc_now() - timedelta(1)), dates.get("ends", utc_now() + timedelta(1))
    identify._certificates._shown[flow.client_conn.id] = Certificate(PRINT, begins, ends)


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
    flow.request.headers["Warcprox-Meta"] = '{"warc-prefix": "x"}'
    flow.request.headers["facegate-anything"] = "x"
    await identify.requestheaders(flow)
    assert exchange_of(flow).job is JOB
    assert not exchange_of(flow).refused
    assert list(flow.request.headers) == ["host"]


async def opened(identify, make_flow, **headers):
    connect = make_flow()
    connect.request.method = "CONNECT"
    for name, value in headers.items():
        connect.request.headers[name.replace("_", "-")] = value
    await identify.http_connect(connect)
    exchange_of(connect).may_leave = not exchange_of(connect).refused
    identify.http_connected(connect)
    return connect


def inside(connect, make_flow):
    flow = make_flow()
    flow.client_conn = connect.client_conn
    return flow


async def test_a_tunnel_counts_for_the_requests_inside_until_the_job_ends(identify, jobs, make_flow):
    connect = await opened(identify, make_flow, Proxy_Authorization=basic("job-1:to:ken"))
    flow = inside(connect, make_flow)
    await identify.requestheaders(flow)
    assert exchange_of(flow).job is JOB

    jobs.jobs["job-1"] = Job("job-1", "op", state=JobState.REVOKED)
    later = inside(connect, make_flow)
    await identify.requestheaders(later)
    assert exchange_of(later).decision.reason is Reason.JOB_INACTIVE

    del jobs.jobs["job-1"]
    never = inside(connect, make_flow)
    await identify.requestheaders(never)
    assert exchange_of(never).decision.reason is Reason.BAD_CREDENTIALS

    identify.client_disconnected(connect.client_conn)
    after = inside(connect, make_flow)
    await identify.requestheaders(after)
    assert exchange_of(after).decision.reason is Reason.NO_CREDENTIALS


async def test_in_a_tunnel_a_request_may_speak_for_itself_and_only_for_itself(identify, make_flow):
    connect = await opened(identify, make_flow, Proxy_Authorization=basic("job-1:to:ken"))
    for field, value, expected in (
        ("Facegate-Job", signed("job-2"), OTHER),
        ("Proxy-Authorization", basic("job-2:to:ken"), OTHER),
        ("Facegate-Job", signed("job-2", "POST"), None),
        ("Proxy-Authorization", basic("x:y"), None),
        ("X", "", JOB),
    ):
        flow = inside(connect, make_flow)
        flow.request.headers[field] = value
        await identify.requestheaders(flow)
        assert exchange_of(flow).job is expected, (field, value)
        assert exchange_of(flow).refused is (expected is None)


async def test_a_signature_opens_a_tunnel(identify, make_flow):
    connect = await opened(identify, make_flow, Facegate_Job=signed(method="CONNECT", origin="connect://address:22"))
    flow = inside(connect, make_flow)
    await identify.requestheaders(flow)
    assert exchange_of(flow).job is JOB
    as_a_request = await opened(identify, make_flow, Facegate_Job=signed(method="CONNECT"))
    assert exchange_of(as_a_request).decision.reason is Reason.BAD_CREDENTIALS


@pytest.mark.parametrize("how", ["token", "signature", "socks"])
async def test_a_replaced_token_ends_what_it_opened(make, jobs, book, make_flow, caplog, how):
    bindings = Bindings()
    identify = make(JOB, identities({"127.0.0.0/8": "job-1"}, {}, 300, 0), bindings)  # nothing further down counts
    if how == "token":
        connect = await opened(identify, make_flow, Proxy_Authorization=basic("job-1:to:ken"))
    elif how == "signature":
        field = signed(method="CONNECT", origin="connect://address:22")
        connect = await opened(identify, make_flow, Facegate_Job=field)
    else:
        connect = make_flow()
        bindings.bind(connect.client_conn.id, Bound("job-1", token="to:ken"))
    assert "to:ken" not in repr(connect.metadata)

    async def asked():
        flow = inside(connect, make_flow)
        await identify.requestheaders(flow)
        return flow

    assert exchange_of(await asked()).job is JOB
    good, keys = jobs.authenticate, jobs.signing_keys

    async def replaced(*_any):
        return None

    async def others(_job):
        return (b"key of the new token",)

    jobs.authenticate, jobs.signing_keys = replaced, others
    after = await asked()
    assert exchange_of(after).decision.reason is Reason.BAD_CREDENTIALS
    assert exchange_of(after).job is None
    assert after.error is None
    assert not book.lines  # nobody guessed
    assert "to:ken" not in caplog.text
    jobs.authenticate, jobs.signing_keys = good, keys
    jobs.jobs["job-1"] = REVOKED
    assert exchange_of(await asked()).decision.reason is Reason.JOB_INACTIVE


async def test_an_older_key_holds_while_it_is_good(identify, jobs, make_flow):
    async def two(_job):
        return b"key of the new token", b"key of job-1"

    jobs.signing_keys = two
    connect = await opened(identify, make_flow, Facegate_Job=signed(method="CONNECT", origin="connect://address:22"))
    flow = inside(connect, make_flow)
    await identify.requestheaders(flow)
    assert exchange_of(flow).job is JOB


async def test_a_refused_tunnel_leaves_nothing_behind(identify, make_flow):
    connect = make_flow()
    connect.request.method = "CONNECT"  # else there is no tunnel to bind
    connect.request.headers["Proxy-Authorization"] = basic("job-1:to:ken")
    await identify.http_connect(connect)
    assert exchange_of(connect).job is JOB
    identify.http_connected(connect)  # whoever calls it: the seal did not let this one out
    after = inside(connect, make_flow)
    await identify.requestheaders(after)
    assert exchange_of(after).decision.reason is Reason.NO_CREDENTIALS


async def test_a_client_that_went_meanwhile_leaves_nothing_behind(identify, make_flow):
    connect = make_flow()
    connect.request.method = "CONNECT"
    connect.request.headers["Proxy-Authorization"] = basic("job-1:to:ken")
    await identify.http_connect(connect)
    exchange_of(connect).may_leave = True
    connect.client_conn.timestamp_end = time.time()
    identify.client_disconnected(connect.client_conn)
    identify.http_connected(connect)
    after = inside(connect, make_flow)
    await identify.requestheaders(after)
    assert exchange_of(after).decision.reason is Reason.NO_CREDENTIALS


NOW = int(time.time())
BAD_SIGNATURES = {
    "of another method": [signed(method="POST")],
    "of another host": [signed(origin="http://elsewhere:22")],
    "of another port": [signed(origin="http://address")],
    "of another scheme": [signed(origin="https://address:22")],
    "of nobody": [signed("nobody")],
    "expired": [signed(expires=NOW - 3600)],
    "too far ahead": [signed(expires=NOW + 3600)],
    "twice": [signed(), signed()],
    "two in one": [f"{signed()}, {signed()}"],
    "of one for another": [signed("job-2").replace("job-2", "job-1")],
    "empty": [""],
    "not one": ["job=job-1"],
}


@pytest.mark.parametrize("values", BAD_SIGNATURES.values(), ids=BAD_SIGNATURES)
async def test_a_wrong_signature_is_refused_whatever_else_is_there(make, make_flow, values):
    bindings = Bindings()
    identify = make(JOB, identities({"0.0.0.0/0": "job-1"}, {PRINT: "job-1"}, 300, 0), bindings)
    flow = make_flow()
    with_certificate(identify, flow)
    bindings.bind(flow.client_conn.id, Bound("job-1"))
    flow.request.headers["Proxy-Authorization"] = basic("job-1:to:ken")
    flow.request.headers.set_all("Facegate-Job", values)
    await identify.requestheaders(flow)
    assert exchange_of(flow).job is None
    assert exchange_of(flow).decision.reason is Reason.BAD_CREDENTIALS
    assert "Facegate-Job" not in flow.request.headers


@pytest.mark.parametrize("spelled", ["address", "ADDRESS"])
async def test_a_signed_request(identify, make_flow, spelled):
    flow = make_flow()
    flow.request.data.host = spelled
    flow.request.headers["FACEGATE-JOB"] = signed()
    await identify.requestheaders(flow)
    assert exchange_of(flow).job is JOB
    assert list(flow.request.headers) == ["host"]


async def test_a_signed_job_that_has_ended(identify, make_flow):
    flow = make_flow()
    flow.request.headers["Facegate-Job"] = signed("gone")
    await identify.requestheaders(flow)
    assert exchange_of(flow).decision.reason is Reason.JOB_INACTIVE


async def test_credentials_for_a_proxy_in_the_url_of_the_target(make, make_flow):
    """Clients make an Authorization of them."""
    for fallback in (None, OTHER):
        identify, flow = make(fallback), make_flow()
        flow.request.headers.set_all("Authorization", [basic("origin:secret"), basic("job-1:to:ken")])
        await identify.requestheaders(flow)
        assert exchange_of(flow).job is JOB
        assert flow.request.headers.get_all("Authorization") == [basic("origin:secret")]


async def test_a_token_for_the_origin_is_taken_off_however_the_job_was_known(identify, make_flow):
    flow = make_flow()
    flow.request.headers["Facegate-Job"] = signed()
    flow.request.headers["Authorization"] = basic("job-2:to:ken")
    await identify.requestheaders(flow)
    assert exchange_of(flow).job is JOB
    assert "Authorization" not in flow.request.headers


async def test_an_origins_own_credentials_are_its_own(make, book, make_flow):
    identify, flow = make(JOB), make_flow()
    flow.request.headers["Authorization"] = basic("job-2:secret")
    await identify.requestheaders(flow)
    assert exchange_of(flow).job is JOB
    assert flow.request.headers["Authorization"] == basic("job-2:secret")
    assert not book.lines


@pytest.mark.parametrize(("user", "reason"), [("job-2", Reason.BAD_CREDENTIALS), ("me", Reason.NO_CREDENTIALS)])
async def test_guessing_there_counts_as_guessing(identify, book, make_flow, user, reason):
    flow = make_flow()
    flow.request.headers["Authorization"] = basic(f"{user}:secret")
    await identify.requestheaders(flow)
    assert exchange_of(flow).decision.reason is reason
    assert [line["job"] for line in book.lines] == (["job-2"] if reason is Reason.BAD_CREDENTIALS else [])


async def test_each_gives_way_to_the_one_before(make, jobs, make_flow):
    for job in ("basic", "bound", "certified", "placed"):
        jobs.jobs[job] = Job(job, "op")
    bindings = Bindings()
    identify = make(
        Job("fallback", "op"), identities({"127.0.0.0/8": "placed"}, {PRINT: "certified"}, 300, 0), bindings
    )
    flow = make_flow()
    client = flow.client_conn
    asked = {"Facegate-Job": signed(), "Proxy-Authorization": basic("basic:to:ken")}
    client.peername = ("127.0.0.1", 1)
    with_certificate(identify, flow)
    bindings.bind(client.id, Bound("bound"))
    seen = []
    for undo in (
        lambda: asked.pop("Facegate-Job"),
        lambda: asked.pop("Proxy-Authorization"),
        lambda: bindings.forget(client.id),
        lambda: identify._certificates.forget(client.id),
        lambda: setattr(client, "peername", ("192.0.2.1", 1)),
        lambda: None,
    ):
        flow = make_flow()
        flow.client_conn = client
        flow.request.headers.update(asked)
        await identify.requestheaders(flow)
        seen.append(exchange_of(flow).job.id)
        undo()
    assert seen == ["job-1", "basic", "bound", "certified", "placed", "fallback"]


@pytest.mark.parametrize(
    ("dates", "certificates"),
    [
        ({}, {"cd" * 32: "job-1"}),
        ({}, {}),
        ({"ends": utc_now() - timedelta(seconds=1)}, {PRINT: "job-1"}),
        ({"begins": utc_now() + timedelta(hours=1)}, {PRINT: "job-1"}),
    ],
)
async def test_a_certificate_that_stands_for_nobody_is_refused(make, book, make_flow, dates, certificates):
    identify, flow = make(JOB, identities({"0.0.0.0/0": "job-1"}, certificates, 300, 0)), make_flow()
    with_certificate(identify, flow, **dates)
    await identify.requestheaders(flow)
    assert exchange_of(flow).decision.reason is Reason.BAD_CREDENTIALS
    assert len(book.lines) == 1


async def test_a_job_that_only_the_configuration_knows_is_told_of_once(make, book, make_flow, caplog):
    identify = make(JOB, identities({"0.0.0.0/0": "unregistered"}, {}, 300, 0))
    for _ in range(2):
        flow = make_flow()
        flow.client_conn.peername = ("192.0.2.1", 1)
        await identify.requestheaders(flow)
        assert exchange_of(flow).decision.reason is Reason.BAD_CREDENTIALS
    assert caplog.messages == ["identity.sources: no job 'unregistered' is registered; its clients are refused"]
    assert not book.lines


async def test_a_tunnel_of_a_network_follows_the_configuration(make, jobs, book, make_flow):
    known = [identities({"127.0.0.0/8": "job-1"}, {}, 300, 0)]
    identify = Identify(jobs, None, Slowdown(book, lambda: 0.0), lambda: known[0])
    connect = await opened(identify, make_flow)
    assert exchange_of(connect).job is JOB
    for table, expected in (({"127.0.0.0/8": "job-2"}, OTHER), ({}, None)):
        known[0] = identities(table, {}, 300, 0)
        flow = inside(connect, make_flow)
        await identify.requestheaders(flow)
        assert exchange_of(flow).job is expected


async def test_without_credentials_the_fallback_job_where_there_is_one(make, make_flow):
    identify = make(JOB)
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


async def test_where_too_many_wait_the_connection_ends(make_flow, identify, monkeypatch):
    async def failed(_address, _job):
        return False

    monkeypatch.setattr(identify._slowdown, "failed", failed)
    flow = make_flow()
    flow.request.headers["Proxy-Authorization"] = basic("job-1:wrong")
    await identify.requestheaders(flow)
    assert flow.error.msg == flow.error.KILLED_MESSAGE
    assert exchange_of(flow).decision.reason is Reason.BAD_CREDENTIALS


async def test_a_state_that_cannot_tell_refuses(identify, jobs, make_flow):
    async def broken(_job):
        raise OSError("disk")

    jobs.signing_keys = broken
    flow = make_flow()
    flow.request.headers["Facegate-Job"] = signed()
    await identify.requestheaders(flow)
    assert exchange_of(flow).decision.reason is Reason.STATE_FAILED
