"""Rows on processes: gateways share a port, come back after a crash, and leave nothing open behind them."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live.client import connect, get, raw
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from live.withheld import assert_quiet, assert_withheld, parse

TEXT = b"<p>ordinary</p>" * 100


@pytest.fixture(scope="module")
def pair(start_gateway: Callable[..., Gateway], face_jpeg: bytes) -> Iterator[Gateway]:
    with start_gateway("[listen]\nworkers = 2") as gateway:
        yield gateway
    assert_quiet(gateway.stderr(), face_jpeg)
    assert gateway.status == 0
    with pytest.raises(ConnectionError):
        connect(gateway.proxy)


def gateways(gateway: Gateway) -> list[int]:
    found = []
    for pid in gateway.processes():
        with contextlib.suppress(OSError):  # it has just ended
            if b"facegate.serve.gateway" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                found.append(pid)
    return found


def test_two_gateways_share_the_port(pair: Gateway, origin: Origin, face_jpeg: bytes) -> None:
    origin.route("/face", answer(face_jpeg))
    for _ in range(40):  # the kernel chooses by the client's port: all 40 at one gateway happen once in 10^12 runs
        assert_withheld(raw(pair.proxy, get(origin.url("/face"))), face_jpeg, 451)
    lines = [path.read_bytes() for path in (pair.home / "ledger").glob("gateway-*.jsonl")]
    assert len([text for text in lines if b'"exchange"' in text]) == 2


def test_a_killed_gateway_comes_back(pair: Gateway, origin: Origin, face_jpeg: bytes) -> None:
    face, text = origin.route("/face", answer(face_jpeg)), origin.route("/text", answer(TEXT))
    before = gateways(pair)
    assert len(before) == 2
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + 60
    while len(set(gateways(pair)) - set(before)) < 2 or not answers(pair, text):
        assert time.monotonic() < until
        time.sleep(0.05)  # the supervisor tells nobody outside when a child is back
    assert_withheld(raw(pair.proxy, get(face)), face_jpeg, 451)


def answers(gateway: Gateway, url: str) -> bool:
    try:
        return parse(raw(gateway.proxy, get(url))).body == TEXT
    except (ConnectionError, AssertionError):
        return False
