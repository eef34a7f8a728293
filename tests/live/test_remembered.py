"""What was looked at before is answered without a worker, and what a hundred ask for at once is looked at once."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from live.client import body_of, get, raw
from live.gateways import Gateway
from live.origin import Origin
from live.plays import anew, answer, unseen
from live.processes import eventually
from live.withheld import assert_quiet, assert_withheld, parse

PATIENCE = 60  # seconds until a body was looked at in time, however busy the machine is


@pytest.fixture(scope="module")
def brief(start_gateway: Callable[..., Gateway], face_jpeg: bytes) -> Iterator[Gateway]:
    """A gateway whose inspections take two seconds at most."""
    with start_gateway("[limits]\nseconds = 2") as gateway:
        yield gateway
    assert_quiet(gateway.stderr(), face_jpeg)


@contextmanager
def stopped(gateway: Gateway) -> Iterator[None]:
    """Its workers do not move. Those that are cut off are replaced by others, which do."""
    workers = gateway.workers()
    assert workers
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in set(workers) & set(gateway.workers()):
            os.kill(pid, signal.SIGCONT)


def reason(gateway: Gateway, url: str) -> str:
    reply = raw(gateway.proxy, get(url))
    return "" if reply.startswith(b"HTTP/1.1 200 ") else json.loads(body_of(reply))["reason"]


def test_a_known_body_needs_no_worker(brief: Gateway, origin: Origin, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    clear, faces = unseen(plain_jpeg), unseen(face_jpeg)
    picture, face = origin.route("/a.jpg", answer(clear)), origin.route("/face.jpg", answer(faces))
    eventually(lambda: reason(brief, picture) == "", PATIENCE, "the picture passes")
    eventually(lambda: reason(brief, face) == "faces", PATIENCE, "the face is seen")
    elsewhere = origin.route("/elsewhere", answer(clear, headers=[("X-Id", "another")]))
    with stopped(brief):
        assert parse(raw(brief.proxy, get(picture))).body == clear
        assert parse(raw(brief.proxy, get(elsewhere))).body == clear
        known = assert_withheld(raw(brief.proxy, get(face)), face_jpeg, 451)
        assert known.problem["reason"] == "faces"
        assert known.problem["record"]
        new = assert_withheld(raw(brief.proxy, get(origin.route("/new", anew(face_jpeg)))), face_jpeg, 451)
        assert new.problem["reason"] == "limit-time"
    again = origin.route("/again", answer(unseen(plain_jpeg)))
    eventually(lambda: reason(brief, again) == "", PATIENCE, "workers are back")


def test_a_known_body_under_another_name_and_head_is_looked_at(
    brief: Gateway, origin: Origin, face_jpeg: bytes, plain_jpeg: bytes
) -> None:
    body = unseen(plain_jpeg)
    picture = origin.route("/a.jpg", answer(body))
    eventually(lambda: reason(brief, picture) == "", PATIENCE, "the picture passes")
    coded = origin.route("/coded", answer(body, headers=[("Content-Encoding", "gzip")]))
    assert reason(brief, coded) == "coding-broken"
    heavy = origin.route("/heavy", answer(body, headers=[("X-Data", face_jpeg.hex()[:9_000])]))
    assert reason(brief, heavy) not in ("", "overloaded")
    assert reason(brief, picture) == ""


def test_what_many_ask_for_at_once_is_looked_at_once(
    start_gateway: Callable[..., Gateway], origin: Origin, plain_jpeg: bytes
) -> None:
    """One body may wait for a worker here: more would be refused."""
    body, many = unseen(plain_jpeg), 30
    picture = origin.route("/a.jpg", answer(body))
    with start_gateway("[limits]\nqueue = 1") as gateway, ThreadPoolExecutor(many) as threads:
        with stopped(gateway):
            replies = [threads.submit(raw, gateway.proxy, get(picture)) for _ in range(many)]
            eventually(lambda: len(origin.requests) == many, PATIENCE, "the origin was asked by all")
            time.sleep(0.3)  # there is no event to wait for: what arrives later finds it remembered
            assert not any(reply.done() for reply in replies)
        assert [parse(reply.result()).body for reply in replies] == [body] * many


def test_nothing_is_remembered_where_that_is_off(
    start_gateway: Callable[..., Gateway], origin: Origin, plain_jpeg: bytes
) -> None:
    picture = origin.route("/a.jpg", answer(plain_jpeg))
    with start_gateway("[cache]\nverdicts = 0\n[limits]\nseconds = 2") as gateway:
        eventually(lambda: reason(gateway, picture) == "", PATIENCE, "the picture passes")
        with stopped(gateway):
            assert reason(gateway, picture) == "limit-time"
