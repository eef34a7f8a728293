"""Rows on storage: what cannot be kept is not answered with a body, and nothing passes unrecorded."""

import resource
import time
from collections.abc import Callable, Iterator

import pytest
from live.client import get, raw
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from live.withheld import assert_quiet, assert_withheld, parse

TEXT = b"<p>ordinary</p>" * 100


@pytest.fixture(scope="module")
def brittle(start_gateway: Callable[..., Gateway], face_jpeg: bytes) -> Iterator[Gateway]:
    with start_gateway() as gateway:
        yield gateway
    assert_quiet(gateway.stderr(), face_jpeg)


@pytest.fixture
def site(origin: Origin, face_jpeg: bytes) -> Origin:
    origin.route("/face", answer(face_jpeg))
    origin.route("/text", answer(TEXT))
    return origin


def assert_recovers(gateway: Gateway, site: Origin) -> None:
    until = time.monotonic() + 20
    while parse(raw(gateway.proxy, get(site.url("/text")))).status != 200:
        assert time.monotonic() < until
    while parse(raw(gateway.proxy, get(site.url("/face")))).status != 451:
        assert time.monotonic() < until


def test_a_vault_that_is_gone(brittle: Gateway, site: Origin, face_jpeg: bytes) -> None:
    vault = brittle.home / "vault"
    away = vault.with_name("vault-away")
    vault.rename(away)
    vault.touch()  # a file in its place: nothing can be created below it
    try:
        reply = assert_withheld(raw(brittle.proxy, get(site.url("/face"))), face_jpeg, 503)
        assert reply.problem["reason"] == "vault-failed"
        assert reply.headers["retry-after"]
        assert parse(raw(brittle.proxy, get(site.url("/text")))).body == TEXT
    finally:
        vault.unlink()
        away.rename(vault)
    assert_recovers(brittle, site)


def test_a_full_disk(brittle: Gateway, site: Origin, face_jpeg: bytes) -> None:
    """No process of the gateway may make a file longer: what a full disk does to vault, database and ledger."""
    processes = [pid for pid in brittle.processes() if pid not in brittle.workers()]
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in processes}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        replies = [assert_withheld(raw(brittle.proxy, get(site.url("/face"))), face_jpeg, 503) for _ in range(3)]
        assert replies[0].problem["reason"] == "vault-failed"
        until = time.monotonic() + 10
        while (reply := raw(brittle.proxy, get(site.url("/text")))).startswith(b"HTTP/1.1 200"):
            assert time.monotonic() < until  # the ledger's thread finds out a moment later
        seen = len(site.requests)
        reply = raw(brittle.proxy, get(site.url("/text")))
        assert assert_withheld(reply, face_jpeg, 503).problem["reason"] == "ledger-failed"
        assert len(site.requests) == seen
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
    assert_recovers(brittle, site)
    assert "Traceback" not in brittle.stderr()
