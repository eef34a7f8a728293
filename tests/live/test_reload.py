"""`facegate reload` as its operator meets it: traffic goes on, and what was changed is in force. One for all."""

import json
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from live.client import OnlyH2, body_of, connect, get, raw, raw_tls, read_all, read_reply
from live.gateways import Gateway
from live.origin import Exchange, Origin
from live.plays import anew, answer
from live.processes import eventually, family, members
from live.withheld import assert_quiet, assert_withheld

GATEWAY = "facegate.serve.gateway"
PAGE = b"<p>nothing to see here</p>\n" * 4_000  # 108 KB
LESS = "[limits]\nbody = 50000\n"


@pytest.fixture(scope="module")
def rolling(start_gateway: Callable[..., Gateway], face_jpeg: bytes) -> Iterator[Gateway]:
    with start_gateway("", "--workers", "2", console=True) as gateway:
        yield gateway
    assert_quiet(gateway.stderr(), face_jpeg)
    assert not family(gateway.home)


def reloaded(gateway: Gateway, check: bool = True) -> tuple[int, dict[str, object]]:
    """The exit code, and what --json says."""
    done = gateway.run("reload", "--json", check=check)
    return done.returncode, json.loads(done.stdout)


def gateways(gateway: Gateway) -> set[int]:
    return members(gateway.home, GATEWAY)


class Traffic:
    """Crawlers, each with a way of its own to ask, until told to stop. Whatever is no answer counts as lost."""

    def __init__(self, *ways: Callable[[], str]) -> None:
        self.told: Counter[str] = Counter()
        self._ways = ways
        self._stop = threading.Event()

    @contextmanager
    def going(self) -> Iterator[None]:
        with ThreadPoolExecutor(len(self._ways)) as threads:
            crawls = [threads.submit(self._crawl, way) for way in self._ways]
            try:
                yield
            finally:
                self._stop.set()
            for crawl in crawls:
                crawl.result(60)

    def _crawl(self, way: Callable[[], str]) -> None:
        while not self._stop.is_set():
            try:
                told = way()
            except (OSError, httpx.HTTPError, AssertionError) as error:
                told = f"lost: {error}"
            self.told[f"{way.__name__}: {told}"] += 1


class Kept:
    """A crawler that keeps its connection until it is told that an answer was the last one there."""

    def __init__(self, gateway: Gateway, url: str) -> None:
        self._proxy, self._request = gateway.proxy, get(url).replace(b"Connection: close\r\n", b"")
        self._socket: socket.socket | None = None
        self.parted = 0  # times that it was told

    def ask(self) -> str:
        self._socket = self._socket or connect(self._proxy)
        self._socket.sendall(self._request)
        reply = read_reply(self._socket)
        if b"\r\nconnection: close\r\n" in reply.partition(b"\r\n\r\n")[0].lower() + b"\r\n":
            self.close()
            self.parted += 1
        return status(reply)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def status(reply: bytes) -> str:
    return reply.split(b" ", 2)[1].decode() if reply else "lost: nothing came"


def test_a_reload_loses_no_request_and_lets_no_face_out(
    rolling: Gateway, origin: Origin, tls_origin: Origin, face_jpeg: bytes
) -> None:
    page, large = origin.route("/page", answer(b"<p>page</p>")), origin.route("/large", answer(PAGE))
    canary = origin.route("/canary.jpg", anew(face_jpeg, "image/jpeg"))
    sealed = tls_origin.route("/canary.jpg", answer(face_jpeg, "image/jpeg"))
    inside = get(sealed).replace(sealed.encode(), b"/canary.jpg")
    kept = Kept(rolling, page)

    def fresh() -> str:
        return status(raw(rolling.proxy, get(page)))

    def late() -> str:
        with connect(rolling.proxy) as sock:
            time.sleep(0.3)  # accepted, and nothing said yet
            sock.sendall(get(page))
            return status(read_all(sock))

    def face() -> str:
        return str(assert_withheld(raw(rolling.proxy, get(canary)), face_jpeg, 451).status)

    def tunnelled() -> str:
        return str(assert_withheld(raw_tls(rolling.proxy, rolling.ca, sealed, inside), face_jpeg, 451).status)

    def again() -> str:
        return kept.ask()

    def multiplexed() -> str:
        reply = http2.get(sealed)
        assert reply.http_version == "HTTP/2"
        assert face_jpeg[-500:] not in reply.content
        return str(reply.status_code)

    before = gateways(rolling)
    assert len(before) == 2
    assert status(raw(rolling.proxy, get(large))) == "200"
    rolling.config.write_text(rolling.config.read_text() + LESS)
    traffic = Traffic(fresh, late, face, tunnelled, again, multiplexed)
    trust = OnlyH2.trusting(rolling.ca)
    with (
        httpx.Client(http2=True, verify=trust, proxy=rolling.proxy, trust_env=False, timeout=20) as http2,
        traffic.going(),
    ):
        eventually(lambda: len(traffic.told) >= 6, 30, f"all ask: {traffic.told}")
        code, said = reloaded(rolling)
    kept.close()
    assert (code, said) == (0, {"state": "done", "gateways": 2, "replaced": 2, "why": ""})
    told = {"fresh: 200", "late: 200", "face: 451", "tunnelled: 451", "again: 200", "multiplexed: 451"}
    assert set(traffic.told) == told, traffic.told
    assert kept.parted
    after = gateways(rolling)
    assert len(after) == 2
    assert not after & before
    for _ in range(8):  # whichever of both it meets
        assert json.loads(body_of(raw(rolling.proxy, get(large))))["reason"] == "limit-body"
    assert sorted(file.name for file in (rolling.home / "run").glob("gateway-*.json")) == [
        "gateway-2.json",
        "gateway-3.json",
    ]
    assert (rolling.home / "run" / "metrics" / "counter_ended.db").exists()
    lock = (rolling.home / "run" / "upkeep.lock").stat().st_ino
    assert holder(lock) in after


def holder(inode: int) -> int:
    held = [line.split() for line in Path("/proc/locks").read_text().splitlines() if f":{inode} " in line]
    (pid,) = {int(fields[4]) for fields in held if "->" not in fields}
    return pid


@pytest.mark.parametrize(
    ("change", "says"),
    [("[limits]\nbdy = 1\n", "unknown key limits.bdy"), ('[vault]\nkeep = "31d"\n', "vault.keep cannot change in a")],
)
def test_what_cannot_be_is_refused_and_all_go_on(rolling: Gateway, origin: Origin, change: str, says: str) -> None:
    page, before, text = origin.route("/page", answer(b"<p>page</p>")), gateways(rolling), rolling.config.read_text()
    try:
        rolling.config.write_text(text.replace(LESS, "") + change)
        done = rolling.run("reload", check=False)
    finally:
        rolling.config.write_text(text)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("facegate: not reloaded: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert gateways(rolling) == before
    assert status(raw(rolling.proxy, get(page))) == "200"


def test_a_stop_in_the_midst_of_a_reload_waits_for_what_is_under_way(rolling: Gateway, origin: Origin) -> None:
    reached, go_on = threading.Event(), threading.Event()
    whole = answer(b"<p>first half</p><p>second half</p>")

    def slow(exchange: Exchange) -> None:
        exchange.send(whole[:-10])
        reached.set()
        assert go_on.wait(60)
        exchange.send(whole[-10:])

    url, before = origin.route("/slow", slow), gateways(rolling)
    with ThreadPoolExecutor() as threads:
        waiting = [threads.submit(raw, rolling.proxy, get(url), 60) for _ in range(4)]
        assert reached.wait(20)
        asked: Future[subprocess.CompletedProcess[str]] = threads.submit(rolling.run, "reload", check=False)
        eventually(lambda: gateways(rolling) - before, 60, "a successor")
        rolling.signal(15)
        go_on.set()
        assert {status(reply.result(60)) for reply in waiting} == {"200"}
        assert rolling.wait() == 0
        assert "ended meanwhile" in asked.result(60).stderr
    assert not family(rolling.home)
