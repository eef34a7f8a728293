import asyncio
import hashlib
import logging
from collections.abc import Callable
from typing import Any

import pytest
from facegate_addons.domain.job import Job
from facegate_addons.domain.model import Action, Clear, Decision, Faces, Finding, Sample, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.audit import line
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.sample import WAITING, Sampler
from facegate_addons.hooks.seal import Seal
from mitmproxy import http

PIXELS = b"\xff\xd8\xff pixels"
CLEAR = Decision(Action.PASS, Reason.CLEAR, digest=hashlib.sha256(PIXELS).hexdigest())
FACE = (Finding((0, 0, 9, 9), 0.9),)

Make = Callable[..., http.HTTPFlow]


class Box:
    """Samples"""

    def __init__(self, answer: bool | BaseException = True) -> None:
        self.answer = answer
        self.kept: list[tuple[Sample, bytes]] = []
        self.door = asyncio.Event()
        self.door.set()

    async def keep(self, sample: Sample, body: bytes) -> bool:
        await self.door.wait()
        if isinstance(self.answer, BaseException):
            raise self.answer
        self.kept.append((sample, body))
        return self.answer


def passed(make_flow: Make, decision: Decision = CLEAR, verdict: Verdict | None = None) -> http.HTTPFlow:
    flow = make_flow(PIXELS, 200, Content_Encoding="identity")
    exchange = exchange_of(flow)
    assert flow.response is not None
    exchange.job, exchange.body = Job("j", "o"), flow.response.raw_content
    exchange.digest, exchange.verdict = hashlib.sha256(PIXELS).hexdigest(), verdict or Clear("jpeg")
    exchange.decide(decision)
    Seal().response(flow)
    return flow


def sampler(box: Box | None, rate: float = 1.0, draw: Callable[[], float] = lambda: 0.0) -> Sampler:
    return Sampler(box, rate, lambda: {"model": "m"}, draw)


async def test_a_picture_that_passed_is_kept_beside_the_response(make_flow: Make) -> None:
    box, flow = Box(), passed(make_flow)
    box.door.clear()
    it = sampler(box, 0.5)
    it.response(flow)  # it has returned, and nothing was kept yet
    assert exchange_of(flow).sealed is not None
    box.door.set()
    await it.settled()
    ((sample, body),) = box.kept
    assert body is exchange_of(flow).body
    assert (sample.job, sample.kind, sample.rate, sample.size) == ("j", "jpeg", 0.5, len(PIXELS))
    assert (sample.digest, sample.codings, sample.versions) == (CLEAR.digest, ("identity",), {"model": "m"})
    written = line(flow, exchange_of(flow), {})
    assert (written["sampling"], written["sample"], written["kind"]) == (0.5, sample.id, "jpeg")
    assert "address" not in repr(sample)


async def test_only_the_share_that_was_asked_for(make_flow: Make) -> None:
    box, draws = Box(), iter(n / 1000 for n in range(1000))
    it = sampler(box, 0.01, lambda: next(draws))
    flows = [passed(make_flow) for _ in range(1000)]
    for flow in flows:
        it.response(flow)
    await it.settled()
    assert len([flow for flow in flows if exchange_of(flow).sample]) == 10
    assert len(box.kept) + it.dropped == 10
    assert all(exchange_of(flow).sampling == 0.01 for flow in flows)


@pytest.mark.parametrize(
    ("decision", "verdict"),
    [
        (Decision(Action.PASS, Reason.CLEAR, digest=CLEAR.digest), Clear("text")),
        (Decision(Action.PASS, Reason.TARGETED, FACE, CLEAR.digest), Faces(FACE, kind="pdf")),
        (Decision(Action.PASS, Reason.FACES, FACE, CLEAR.digest, Action.QUARANTINE), Clear("jpeg")),
        (Decision(Action.PASS, Reason.CLEAR, digest="of something else"), Clear("jpeg")),
        (Decision(Action.PASS, Reason.FALSE_POSITIVE, digest=CLEAR.digest), Clear("jpeg")),
        (Decision(Action.PASS, Reason.RELEASED, FACE, CLEAR.digest), Clear("jpeg")),
        (Decision(Action.REFUSE, Reason.INTERNAL), Clear("jpeg")),
    ],
)
async def test_nothing_else_is_drawn_or_counted(make_flow: Make, decision: Decision, verdict: Verdict) -> None:
    box, flow = Box(), passed(make_flow, decision, verdict)
    it = sampler(box)
    it.response(flow)
    await it.settled()
    assert box.kept == []
    assert "sampling" not in line(flow, exchange_of(flow), {})


@pytest.mark.parametrize("action", [Action.QUARANTINE, Action.DROP, Action.PASS])
async def test_pictures_with_a_face_are_counted_and_never_drawn(make_flow: Make, action: Action) -> None:
    reason = Reason.TARGETED if action is Action.PASS else Reason.FACES
    box, flow = Box(), passed(make_flow, Decision(action, reason, FACE, CLEAR.digest), Faces(FACE, kind="png"))
    it = sampler(box)
    it.response(flow)
    await it.settled()
    written = line(flow, exchange_of(flow), {})
    assert (box.kept, written["sampling"], written["sample"], written["kind"]) == ([], 1.0, "", "png")


@pytest.mark.parametrize("answer", [False, OSError("no space"), ValueError("secret pixels"), asyncio.CancelledError()])
async def test_one_that_cannot_be_kept_is_dropped_and_counted(
    make_flow: Make, answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    flow, it = passed(make_flow), sampler(Box(answer))
    with caplog.at_level(logging.WARNING):
        it.response(flow)
        await it.settled()
    assert it.dropped == 1
    assert "secret" not in caplog.text
    exchange = exchange_of(flow)
    assert (exchange.refused, exchange.decision) == (False, CLEAR)
    assert exchange.sealed is not None
    assert exchange.sealed.response is flow.response
    assert exchange.sample  # that it was drawn stands in the ledger


async def test_the_log_hears_of_them_once_in_a_while(
    make_flow: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    it = sampler(Box(False))
    for _ in range(3):
        it.response(passed(make_flow))
        await it.settled()
    monkeypatch.setattr(it, "_tell", 0.0)  # a minute later
    it.response(passed(make_flow))
    await it.settled()
    assert [message.partition(": ")[2] for message in caplog.messages] == ["1 (no room)", "4 (no room)"]


async def test_a_failure_of_its_own_is_no_concern_of_the_response(make_flow: Make) -> None:
    def broken() -> float:
        raise ZeroDivisionError

    flow, it = passed(make_flow), sampler(Box(), draw=broken)
    it.response(flow)
    assert (it.dropped, exchange_of(flow).refused) == (1, False)


async def test_no_more_than_a_few_wait_at_once(make_flow: Make) -> None:
    box = Box()
    box.door.clear()
    it = sampler(box)
    for _ in range(WAITING + 5):
        it.response(passed(make_flow))
    await asyncio.sleep(0)
    assert it.dropped == 5
    box.door.set()
    await it.settled()
    assert len(box.kept) == WAITING
    it.response(passed(make_flow))
    await it.settled()
    assert len(box.kept) == WAITING + 1


@pytest.mark.parametrize(("samples", "rate"), [(Box(), 0.0), (None, 1.0)])
async def test_off_is_off(make_flow: Make, samples: Box | None, rate: float) -> None:
    flow, it = passed(make_flow), sampler(samples, rate)
    it.response(flow)
    await it.settled()
    assert "sampling" not in line(flow, exchange_of(flow), {})
    assert samples is None or samples.kept == []
