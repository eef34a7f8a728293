from dataclasses import replace
from datetime import UTC, datetime

import pytest
from facegate_addons.domain.job import Job, JobState, Kind, Scope
from facegate_addons.domain.model import Delivery, Finding
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.deliver import Deliver, delivered
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.seal import Seal

CRAWL = Job("crawl", "o")
SCOPE = Scope(
    Kind.INDIVIDUAL,
    ("case",),
    ("address",),
    legal_basis="law",
    reference="paper",
    expires=datetime(2099, 1, 1, tzinfo=UTC),
    max_releases=1,
)
TARGETED = Job("targeted", "o", scope=SCOPE, state=JobState.APPROVED)
WAITING = Delivery("release-1", "record-1", b"PIXELS", "digest", "image/png", ("gzip",), (Finding((0, 0, 9, 9), 0.9),))
URL = "http://address:22/path"


class Desk:
    """Releases"""

    def __init__(self, taken: bool = True, broken: bool = False) -> None:
        self.taken, self.broken, self.asked, self.takes = taken, broken, list[tuple[str, str, str]](), 0
        self.delivery = WAITING

    async def waiting(self, record: str, job: str, url: str) -> Delivery | None:
        self.asked.append((record, job, url))
        if self.broken:
            raise OSError("no disk")
        return self.delivery if (record, url) == ("record-1", URL) else None

    async def take(self, delivery: Delivery) -> bool:
        self.takes += 1
        return self.taken


async def run(make_flow, ports, desk, job=CRAWL, asks=("record-1",), method="GET", budget=1, book=None):
    flow = make_flow()
    flow.request.method = method
    exchange_of(flow).job, exchange_of(flow).asks = job, asks
    await Deliver(desk, ports.jobs(job, budget=budget), book or ports.book()).request(flow)
    return flow


async def test_a_release_is_the_answer_in_the_origins_place(make_flow, ports):
    desk = Desk()
    flow = await run(make_flow, ports, desk)
    exchange = exchange_of(flow)
    assert desk.asked == [("record-1", "crawl", URL)]
    assert (exchange.delivery, exchange.record, exchange.refused) == (WAITING, "record-1", False)
    exchange.destination_ok = True
    Seal().request(flow)
    assert not exchange.may_leave
    assert flow.response.status_code == 200
    assert flow.response.raw_content is WAITING.body
    assert {name.title(): value for name, value in flow.response.headers.items()} == {
        "Content-Type": "image/png",
        "Cache-Control": "no-store",
        "Content-Encoding": "gzip",
        "Content-Length": "6",
    }


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"asks": ("record-2",)}, Reason.NOT_RELEASED),
        ({"asks": ("record-1", "record-1")}, Reason.NOT_RELEASED),
        ({"asks": ("",)}, Reason.NOT_RELEASED),
        ({"method": "HEAD"}, Reason.NOT_RELEASED),
        ({"method": "POST"}, Reason.NOT_RELEASED),
        ({"desk": None}, Reason.NOT_RELEASED),
        ({"desk": Desk(taken=False)}, Reason.NOT_RELEASED),
        ({"desk": Desk(broken=True)}, Reason.VAULT_FAILED),
        ({"job": replace(CRAWL, state=JobState.REVOKED)}, Reason.JOB_INACTIVE),
    ],
)
async def test_what_is_not_released_is_refused(make_flow, ports, change, reason):
    flow = await run(make_flow, ports, **{"desk": Desk()} | change)
    exchange = exchange_of(flow)
    assert (exchange.delivery, exchange.decision.reason) == (None, reason)
    Seal().request(flow)
    assert flow.response.status_code == (503 if reason is Reason.VAULT_FAILED else 403)
    assert b"PIXELS" not in flow.response.raw_content


async def test_who_asks_for_nothing_is_left_alone(make_flow, ports):
    desk = Desk()
    flow = await run(make_flow, ports, desk, asks=())
    assert desk.asked == []
    assert not exchange_of(flow).refused


async def test_nothing_is_taken_while_the_ledger_is_away(make_flow, ports):
    desk, book = Desk(), ports.book()
    book.healthy = False
    flow = await run(make_flow, ports, desk, book=book)
    assert exchange_of(flow).decision.reason is Reason.LEDGER_FAILED
    assert desk.takes == 0


@pytest.mark.parametrize(("budget", "reason", "takes"), [(1, Reason.INTERNAL, 1), (0, Reason.BUDGET_SPENT, 0)])
async def test_inside_a_targeted_scope_it_takes_from_the_budget(make_flow, ports, budget, reason, takes):
    desk = Desk()
    flow = await run(make_flow, ports, desk, job=TARGETED, budget=budget)
    assert exchange_of(flow).decision.reason is reason
    assert desk.takes == takes


async def test_a_refused_exchange_takes_nothing(make_flow, ports):
    desk, flow = Desk(), make_flow()
    exchange_of(flow).job, exchange_of(flow).asks = CRAWL, ("record-1",)
    exchange_of(flow).refuse(Reason.OUT_OF_SCOPE)
    await Deliver(desk, ports.jobs(CRAWL), ports.book()).request(flow)
    assert desk.asked == []


def test_a_record_without_a_type_is_bytes():
    response = delivered(replace(WAITING, content_type="", codings=()))
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize(("seconded", "refused"), [(True, False), (False, True)])
async def test_outside_the_scope_it_takes_the_word_of_two(make_flow, ports, seconded, refused):
    desk = Desk()
    desk.delivery = replace(WAITING, seconded=seconded)
    exchange = exchange_of(await run(make_flow, ports, desk))
    assert (exchange.delivery is None, desk.takes) == (refused, 0 if refused else 1)


@pytest.mark.parametrize("codings", [("gzip", "mine"), ("x" * 9_000,)])
def test_a_coding_that_nobody_knows_is_the_origins_text_and_stays_back(codings):
    assert "Content-Encoding" not in delivered(replace(WAITING, codings=codings)).headers
