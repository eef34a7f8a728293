"""One job asks for more than can be looked at: it is told so, and the others are answered all the same."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import pytest
from live.client import basic, get, raw
from live.gateways import Gateway
from live.origin import Exchange, Origin, Play
from live.plays import anew
from live.processes import eventually
from live.withheld import assert_quiet, parse

FLOOD = 24  # of one job at once: more than wait, and than are looked at
ROOM = 8
PAGES = 5
HEAVY = b"<p>" + b"The quick brown fox jumps over the lazy dog, 12 times in 4 days. " * 30_000  # 2 MB: a second or two


@pytest.fixture(scope="module")
def narrow(start_gateway: Callable[..., Gateway], face_jpeg: bytes) -> Iterator[Gateway]:
    """A gateway in which few bodies may wait, and each for a long time."""
    with start_gateway(f"[limits]\nqueue = {ROOM}\nseconds = 60\n[identity]\nrequired = true") as gateway:
        yield gateway
    assert_quiet(gateway.stderr(), face_jpeg)


def registered(gateway: Gateway, name: str) -> str:
    """The job's credentials."""
    file = gateway.home.with_name(f"{name}.toml")
    file.write_text(f'id = "{name}"\noperator = "acme"\npurpose = "a test"\n[scope]\nkind = "untargeted"\n')
    token = json.loads(gateway.run("job", "register", str(file), "--json").stdout)["token"]
    return basic(name, token)


def test_a_flood_delays_and_crowds_out_no_other_job(narrow: Gateway, origin: Origin) -> None:
    greedy, modest = registered(narrow, "greedy"), registered(narrow, "modest")
    bomb, page = origin.route("/bomb", anew(HEAVY)), origin.route("/page", anew(b"<p>a page</p>"))
    assert raw(narrow.proxy, get(page, modest)).startswith(b"HTTP/1.1 200 ")
    over, refused = threading.Event(), list[bytes]()

    def flood() -> None:
        while not over.is_set():
            reply = raw(narrow.proxy, get(bomb, greedy), patience=120)
            if not reply.startswith(b"HTTP/1.1 200 "):
                refused.append(reply)
                over.wait(1)

    with ThreadPoolExecutor(FLOOD) as threads:
        floods = [threads.submit(flood) for _ in range(FLOOD)]
        try:
            eventually(lambda: len(refused) >= FLOOD - ROOM, 60, "there is no room any more")
            pages = [raw(narrow.proxy, get(page, modest), patience=120) for _ in range(PAGES)]
        finally:
            over.set()
        for each in floods:
            each.result()
    assert [reply.split(b" ", 2)[1] for reply in pages] == [b"200"] * PAGES
    for reply in map(parse, refused):
        assert (reply.status, reply.problem["reason"]) == (503, "overloaded")
        assert int(reply.headers["retry-after"]) > 0
        assert reply.problem["job"] == "greedy"


LARGE = 300_000  # bytes of a body: there is room for one


@pytest.fixture(scope="module")
def small(start_gateway: Callable[..., Gateway], face_jpeg: bytes) -> Iterator[Gateway]:
    """A gateway that holds 800 KB of bodies at once, and 400 KB of one job."""
    with start_gateway("[limits]\nbody = 400_000\ninflight = 800_000\n[identity]\nrequired = true") as gateway:
        yield gateway
    assert_quiet(gateway.stderr(), face_jpeg)


def held(until: threading.Event, head: bytes) -> Play:
    """A large body whose last word waits for `until`."""

    def play(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" + head + b"Connection: close\r\n\r\n")
        exchange.send((b"a word, " * LARGE)[: LARGE - 4])
        until.wait(120)
        exchange.send(b"end.")

    return play


@pytest.mark.parametrize("head", [b"Content-Length: %d\r\n" % LARGE, b""], ids=["announced", "not announced"])
def test_what_there_is_no_room_for_is_refused(small: Gateway, origin: Origin, head: bytes) -> None:
    greedy, modest = registered(small, f"greedy-{len(head)}"), registered(small, f"modest-{len(head)}")
    may_end = threading.Event()
    large, page = origin.route("/large", held(may_end, head)), origin.route("/page", anew(b"<p>a page</p>"))
    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(raw, small.proxy, get(large, greedy), 120) for _ in range(2)]
        try:
            done, _ = wait(both, 60, FIRST_COMPLETED)
            other = raw(small.proxy, get(page, modest))
        finally:
            may_end.set()
        (whole,) = (parse(reply.result()) for reply in both if reply not in done)
    (refused,) = (parse(reply.result()) for reply in done)
    assert (refused.status, refused.problem["reason"]) == (503, "overloaded")
    assert int(refused.headers["retry-after"]) > 0
    assert other.startswith(b"HTTP/1.1 200 ")
    assert (whole.status, len(whole.body)) == (200, LARGE)
    again = raw(small.proxy, get(large, greedy), 120)  # there is room again
    assert parse(again).status == 200
