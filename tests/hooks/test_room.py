import pytest
from facegate_addons.domain.job import Job
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.room import Held, Room


def arriving(make_flow, room, job="a", status=200, method="GET", **headers):
    flow = make_flow(b"", status, **headers)
    if "content_length" not in headers:
        flow.response.headers.pop("content-length", None)
    flow.request.method = method
    exchange_of(flow).job = Job(job, "o")
    room.responseheaders(flow)
    return flow


def test_one_job_may_hold_half_and_leaves_room_for_the_next():
    room = Room(1_000, 400)
    assert Held(room, "a").arrives(500)
    assert not Held(room, "a").arrives(1)
    assert Held(room, "b").arrives(250)
    assert not Held(room, "b").arrives(1)
    assert Held(room, "c").arrives(125)
    assert room.held == 875


def test_the_largest_body_has_room_in_any_case():
    room = Room(1, 400)
    assert Held(room, "a").announces(400)
    assert not Held(room, "a").announces(1)


def test_what_is_given_back_is_there_for_others():
    room = Room(1_000, 400)
    held = Held(room, "a")
    assert held.arrives(300)
    assert held.arrives(200)
    assert not held.arrives(1)
    held.free()
    held.free()  # once is enough
    assert room.held == 0
    assert Held(room, "a").arrives(500)


def test_once_there_was_no_room_there_is_none_for_the_rest():
    room = Room(1_000, 400)
    first, second = Held(room, "a"), Held(room, "a")
    assert first.arrives(450)
    assert not second.arrives(100)
    first.free()
    assert not second.arrives(1)
    assert room.held == 0


def test_a_length_that_is_announced_is_taken_at_once(make_flow):
    room = Room(1_000, 400)
    flows = [arriving(make_flow, room, content_length="300") for _ in range(3)]
    assert [exchange_of(flow).refused for flow in flows] == [False, True, True]
    assert exchange_of(flows[1]).decision.reason is Reason.OVERLOADED
    assert exchange_of(flows[0]).held.arrives(300)
    assert room.held == 300
    assert exchange_of(flows[0]).held.arrives(1)  # it may have lied
    assert room.held == 301
    room.response(flows[0])
    room.error(flows[1])
    room.error(flows[1])
    assert room.held == 0
    assert not exchange_of(arriving(make_flow, room, content_length="300")).refused


@pytest.mark.parametrize(
    "told", [{"content_length": "5000"}, {"content_length": "x"}, {"method": "HEAD", "content_length": "399"}, {}]
)
def test_what_brings_no_body_that_will_be_looked_at_takes_no_room(make_flow, told):
    room = Room(1_000, 400)
    flow = arriving(make_flow, room, **told)
    assert not exchange_of(flow).refused
    assert room.held == 0
    assert not exchange_of(flow).held.arrives(501)


def test_what_is_refused_already_stays_refused_for_that(make_flow):
    room = Room(1_000, 400)
    flow = make_flow(b"x", content_length="399")
    exchange_of(flow).job = Job("a", "o")
    exchange_of(flow).refuse(Reason.LIMIT_HEAD)
    room.responseheaders(flow)
    room.response(flow)
    assert exchange_of(flow).decision.reason is Reason.LIMIT_HEAD
    assert room.held == 0
