import contextlib
from dataclasses import replace

import pytest
from facegate_addons.domain.job import Job, Live
from facegate_addons.domain.model import Action, Clear, Faces, Finding, Unreadable
from facegate_addons.domain.policy import Mode, Policy
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.deny import Deny
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.scan import Scan
from facegate_addons.hooks.seal import Seal
from facegate_addons.hooks.streams import Streams
from facegate_addons.hooks.transport import Transport

ASKS = Job("asks", "o", streams=Live.INSPECT)
FACES = Faces((Finding((0, 0, 9, 9), 0.9),))


class Unheld:
    """Connections"""

    def __init__(self):
        self.held_now = False

    def cut(self, client, connection): ...

    @contextlib.contextmanager
    def held(self, client, connection):
        self.held_now = True
        yield
        self.held_now = False


@pytest.fixture
def begun(make_flow, ports):
    """A stream whose head has come."""

    async def begin(eye, kind="text/event-stream", job=ASKS, status=200, policy=Policy(), **headers):  # noqa: B008
        flow = make_flow(b"", status, Content_Type=kind, **headers)
        flow.response.data.content = None
        exchange_of(flow).job = job
        streams = Streams(Scan(eye, ports.jobs(job), lambda: policy), Unheld())
        streams.responseheaders(flow)
        return flow, streams

    return begin


async def passes(flow, streams, data):
    exchange = exchange_of(flow)
    for window in exchange.stream.cutter.feed(data):
        exchange.stream.window = window
        for addon in (Deny(), Transport()):
            addon.stream_window(flow)
        await streams.stream_window(flow)
        Seal().stream_window(flow)
        if exchange.sealed is None:
            return False
        assert exchange.sealed.body is window.data
        assert exchange.sealed.response is flow.response
    return True


async def test_a_clear_window_leaves_and_the_next_starts_denied(begun, ports):
    eye = ports.eye(Clear("text"))
    flow, streams = await begun(eye, X_Long="v" * 300)
    assert await passes(flow, streams, b"data: a\n\n")
    assert flow.response.headers["Transfer-Encoding"] == "chunked"
    assert flow.response.headers["Facegate-Verdict"] == "clear"
    assert eye.seen[0].headers[0] == "v" * 300  # the head is looked at with the first
    assert await passes(flow, streams, b"data: b\n\n")
    assert eye.seen[1].body == b"data: a\n\ndata: b\n\n"
    Deny().stream_window(flow)
    assert exchange_of(flow).sealed is None
    Seal().stream_end(flow)
    assert exchange_of(flow).stream.released == 18


@pytest.mark.parametrize("verdict", [FACES, Unreadable(Reason.UNKNOWN_TYPE), Clear("xpm"), RuntimeError("x")])
async def test_nothing_else_leaves(begun, ports, verdict):
    flow, streams = await begun(ports.eye(verdict))
    assert not await passes(flow, streams, b"data: a\n\n")
    assert exchange_of(flow).decision.action in (Action.QUARANTINE, Action.REFUSE)


async def test_a_part_is_a_picture_or_text(begun, ports):
    part = b"--f\r\nContent-Type: image/jpeg\r\n\r\n%s\r\n--f\r\n"
    for kind, data, leaves in (
        ("jpeg", b"\xff", True),
        ("text", b"a", True),
        ("zip", b"\xff", False),
        ("jpeg", b"a", False),
    ):
        flow, streams = await begun(ports.eye(Clear(kind)), "multipart/x-mixed-replace; boundary=f")
        assert await passes(flow, streams, part % data) is leaves


async def test_a_seal_is_for_the_very_bytes(begun, ports):
    flow, streams = await begun(ports.eye(Clear("text")))
    exchange = exchange_of(flow)
    (exchange.stream.window,) = exchange.stream.cutter.feed(b"data: a\n\n")
    await streams.stream_window(flow)
    exchange.stream.window = replace(exchange.stream.window, data=b"data: b\n\n")
    Seal().stream_window(flow)
    assert exchange.sealed is None


@pytest.mark.parametrize(
    ("kind", "job", "status", "fields"),
    [
        ("text/html", ASKS, 200, {}),
        ("text/event-stream", Job("plain", "o"), 200, {}),
        ("text/event-stream", ASKS, 404, {}),
        ("text/event-stream", ASKS, 200, {"Content_Encoding": "gzip"}),
    ],
)
async def test_what_is_no_stream(begun, ports, kind, job, status, fields):
    flow, _ = await begun(ports.eye(), kind, job, status, **fields)
    assert exchange_of(flow).stream is None


async def test_an_event_stream_is_asked_for_uncoded(begun, ports):
    flow, streams = await begun(ports.eye())
    flow.request.headers["Accept"] = "text/event-stream"
    flow.request.headers["Accept-Encoding"] = "gzip"
    streams.requestheaders(flow)
    assert flow.request.headers["Accept-Encoding"] == "identity"


OBSERVE = Policy(faces=Action.REDACT, mode=Mode.OBSERVE)


@pytest.mark.parametrize("verdict", [FACES, Unreadable(Reason.UNKNOWN_TYPE), Clear("xpm")])
async def test_observing_lets_every_window_leave_and_keeps_the_first_that_would_not_have(begun, ports, verdict):
    eye = ports.eye(verdict)
    flow, streams = await begun(eye, policy=OBSERVE)
    assert await passes(flow, streams, b"data: a\n\n")
    assert flow.response.headers["Facegate-Observed"] == "quarantine"
    eye.verdict = Clear("text")
    assert await passes(flow, streams, b"data: b\n\n")
    assert exchange_of(flow).decision.observed is None
    assert exchange_of(flow).stream.observed.observed is Action.QUARANTINE


@pytest.mark.parametrize("verdict", [RuntimeError("x"), Unreadable(Reason.OVERLOADED)])
async def test_observing_lets_no_undecided_window_leave(begun, ports, verdict):
    flow, streams = await begun(ports.eye(verdict), policy=OBSERVE)
    assert not await passes(flow, streams, b"data: a\n\n")
    assert exchange_of(flow).stream.observed is None
