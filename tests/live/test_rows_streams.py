"""Rows on time and load: slow and endless bodies, clients that leave, workers that die or hang, a full queue."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from live.client import connect, get, raw, raw_tls
from live.gateways import Gateway
from live.origin import Exchange, Origin, Play
from live.plays import anew, answer, drip, unseen
from live.withheld import assert_withheld, parse

TEXT = b"<p>ordinary</p>" * 100
LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CLOSE = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"


def silent_after(start: bytes) -> Play:
    def play(exchange: Exchange) -> None:
        exchange.send(start)
        exchange.stopped.wait()

    return play


def endless(start: bytes, block: bytes) -> Play:
    def play(exchange: Exchange) -> None:
        exchange.send(start)
        while not exchange.stopped.wait(0.001):
            exchange.send(block)

    return play


def slow(canary: bytes) -> dict[str, Play]:
    return {
        "no answer": silent_after(b""),
        "half a head": silent_after(b"HTTP/1.1 200 OK\r\nX: "),
        "interim, then nothing": silent_after(b"HTTP/1.1 103 Early\r\n\r\n"),
        "half a body": silent_after(LENGTH.replace(b"9" * 11, b"%d" % (len(canary) + 1)) + canary),
        "no last chunk": silent_after(CHUNKED + b"%x\r\n%s\r\n" % (len(canary), canary)),
        "never closes": silent_after(CLOSE + canary),
        "drip": drip(CLOSE + canary, 0.01),
        "endless chunks": endless(CHUNKED, b"400\r\n%s\r\n" % (b"e" * 1024)),
        "endless until close": endless(CLOSE, b"e" * 1024),
    }


@pytest.mark.parametrize("name", slow(b"x"))
def test_a_slow_body_is_cut(hasty: Gateway, origin: Origin, face_jpeg: bytes, name: str) -> None:
    url = origin.route("/x", slow(face_jpeg)[name])
    began = time.monotonic()
    reply = assert_withheld(raw(hasty.proxy, get(url)), face_jpeg, 504)
    assert reply.problem["reason"] == "limit-seconds"
    assert 1.5 < time.monotonic() - began < 8
    assert parse(raw(hasty.proxy, get(origin.route("/text", answer(TEXT))))).body == TEXT


def test_a_slow_body_over_tls_is_cut(hasty: Gateway, tls_origin: Origin, face_jpeg: bytes) -> None:
    url = tls_origin.route("/x", silent_after(CLOSE + face_jpeg))
    assert_withheld(raw_tls(hasty.proxy, hasty.ca, url, get("/x")), face_jpeg, 504)


def test_an_origin_that_does_not_finish_its_handshake_is_cut(hasty: Gateway, face_jpeg: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        reply = raw(hasty.proxy, get(f"https://127.0.0.1:{silent.getsockname()[1]}/x"))
    assert assert_withheld(reply, face_jpeg, 504).problem["reason"] == "limit-seconds"


def test_a_client_that_does_not_finish_is_cut(hasty: Gateway, origin: Origin) -> None:
    with connect(hasty.proxy) as sock:
        sock.sendall(get(origin.url("/x"), "Content-Length: 10", method="POST") + b"half")
        began = time.monotonic()
        while sock.recv(65536):
            pass
    assert time.monotonic() - began < 8
    assert not origin.requests


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_beyond_the_limit(gateway: Gateway, origin: Origin, face_jpeg: bytes, announced: bool) -> None:
    block = b"e" * (1 << 20)
    start = LENGTH if announced else CLOSE
    url = origin.route("/x", lambda exchange: [exchange.send(part) for part in (start, *[block] * 80)] and None)
    reply = assert_withheld(raw(gateway.proxy, get(url)), face_jpeg, 502)
    assert reply.problem["reason"] == "limit-body"


def test_a_client_that_leaves(gateway: Gateway, origin: Origin, face_jpeg: bytes) -> None:
    url = origin.route("/face", answer(face_jpeg))
    for _ in range(10):
        with connect(gateway.proxy) as sock:
            sock.sendall(get(url))
    text = origin.route("/text", answer(TEXT))
    assert parse(raw(gateway.proxy, get(text))).body == TEXT


@pytest.fixture
def stopped_workers(hasty: Gateway) -> Iterator[list[int]]:
    """The workers' ids; they do not move while the test runs."""
    pids = hasty.workers()
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    yield pids
    for pid in hasty.workers():
        os.kill(pid, signal.SIGCONT)


def assert_recovers(gateway: Gateway, origin: Origin) -> None:
    """Workers are replaced; until they are, the answer is a refusal."""
    text, until = origin.route("/text", anew(TEXT)), time.monotonic() + 30
    while (reply := parse(raw(gateway.proxy, get(text)))).status != 200:
        assert reply.status in (451, 503)
        assert time.monotonic() < until
    assert reply.body.startswith(TEXT)


def test_a_hung_worker(hasty: Gateway, origin: Origin, face_jpeg: bytes, stopped_workers: list[int]) -> None:
    url = origin.route("/face", anew(face_jpeg))
    reply = assert_withheld(raw(hasty.proxy, get(url)), face_jpeg, 451)
    assert reply.problem["reason"] == "limit-time"
    for pid in stopped_workers:
        if pid in hasty.workers():
            os.kill(pid, signal.SIGCONT)
    assert_recovers(hasty, origin)


def test_a_killed_worker(hasty: Gateway, origin: Origin, face_jpeg: bytes, stopped_workers: list[int]) -> None:
    def kill(exchange: Exchange) -> None:
        """Just after the body, so that the body waits at a worker that will not move again."""
        exchange.send(answer(unseen(face_jpeg), framing="close"))
        exchange.sock.close()
        time.sleep(0.2)  # there is no event to wait for: the body is on its way through two other processes
        for pid in stopped_workers:
            os.kill(pid, signal.SIGKILL)

    reply = assert_withheld(raw(hasty.proxy, get(origin.route("/face", kill))), face_jpeg, 451, 503)
    assert reply.problem["reason"] in ("inspection-failed", "overloaded")
    assert_recovers(hasty, origin)


def test_overload(hasty: Gateway, origin: Origin, face_jpeg: bytes, stopped_workers: list[int]) -> None:
    url = origin.route("/face", anew(face_jpeg))
    many = len(stopped_workers) + 6  # at the workers, one that waits, and more
    with ThreadPoolExecutor(many) as threads:
        raws = list(threads.map(lambda _: raw(hasty.proxy, get(url)), range(many)))
    replies = [assert_withheld(reply, face_jpeg, 451, 503) for reply in raws]
    busy = [reply for reply in replies if reply.status == 503]
    assert len(busy) >= 5
    assert all(reply.problem["reason"] == "overloaded" and reply.headers["retry-after"] for reply in busy)
    for pid in hasty.workers():
        os.kill(pid, signal.SIGCONT)
    assert_recovers(hasty, origin)
