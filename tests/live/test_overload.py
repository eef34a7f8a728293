"""One job asks for more than can be looked at: it is told so, and the others are answered all the same."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from live.client import basic, get, raw
from live.gateways import Gateway
from live.origin import Origin
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
