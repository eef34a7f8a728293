"""Two gateways with two homes and one Redis: what holds of one machine holds of both, and what is without Redis."""

import asyncio
import contextlib
import json
import secrets
import shutil
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from live.client import basic, body_of, get, raw
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer, unseen
from live.processes import eventually
from live.redis_server import RedisServer, as_toml, state_at
from live.test_budgets import crawl, outcomes, releases
from live.test_metrics import told
from plain_http import NO_TLS

pytestmark = [pytest.mark.redis, pytest.mark.timeout(600)]  # two gateways start
PATIENCE = 60.0
Two = tuple[Gateway, Gateway]
AT_ONCE = 125  # of each gateway
LIMITS = f"[limits]\nqueue = {2 * AT_ONCE}\nseconds = 400\nresponse = 400\n"


@pytest.fixture
def face(face_as: Callable[..., bytes]) -> bytes:
    return face_as("JPEG", size=(128, 128))


@pytest.fixture(scope="module")
def server(redis_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(redis_server, tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="module")
def two(
    server: RedisServer, start_gateway: Callable[..., Gateway], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("two")
    config = as_toml(state_at(server.url, folder)) + LIMITS
    with start_gateway(config, home=folder / "a" / "home", console=True) as one:
        there = folder / "b" / "home"
        there.mkdir(parents=True, mode=0o700)
        shutil.copy(one.home / "master.key", there)  # what is wrapped by one is opened by the other
        with start_gateway(config, home=there, console=True) as other:
            yield one, other


def reason(gateway: Gateway, request: bytes) -> str:
    reply = body_of(raw(gateway.proxy, request))
    return str(json.loads(reply)["reason"]) if reply.startswith(b"{") else "passed"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"])
def test_crawlers_do_not_reach_the_redis_of_the_state(two: Two, server: RedisServer, host: str) -> None:
    for gateway in two:
        assert reason(gateway, get(f"http://{host}:{server.port}/x", method="SET")) == "address-refused"
    assert server.client().get("/x") is None


def test_a_budget_of_100_is_exact_over_two_gateways(
    two: Two, origin: Origin, face: bytes, targeted_job: Callable[..., str]
) -> None:
    one, other = two
    request = get(
        origin.route("/face.jpg", answer(face, "image/jpeg")),
        basic("case-budget", targeted_job(one, "case-budget", max_releases=100)),
    )

    async def both() -> list[bytes]:
        replies = await asyncio.gather(*(crawl(each.proxy, [request] * AT_ONCE, 400) for each in two))
        return [reply for each in replies for reply in each]

    assert outcomes(asyncio.run(both()), face) == {"face": 100, "budget-spent": 2 * AT_ONCE - 100}
    assert releases(one, "case-budget") == releases(other, "case-budget") == 100


def test_a_revocation_is_in_force_on_the_other_within_a_second(
    two: Two, origin: Origin, face: bytes, targeted_job: Callable[..., str]
) -> None:
    one, other = two
    request = get(
        origin.route("/face.jpg", answer(face, "image/jpeg")), basic("case-revoked", targeted_job(one, "case-revoked"))
    )
    assert reason(other, request) == "passed"
    one.run("job", "revoke", "case-revoked")
    revoked = time.monotonic()
    eventually(lambda: reason(other, request) != "passed", PATIENCE, "it is revoked there")
    assert time.monotonic() - revoked < 1


def degraded(gateway: Gateway) -> list[str]:
    ready = httpx.get(f"{gateway.console}/readyz", trust_env=False, verify=NO_TLS, timeout=20)
    assert ready.status_code == 200  # on all nodes it is the same
    return list(ready.json()["degraded"])


def verdicts(gateway: Gateway, source: str) -> float:
    return told(f"{gateway.console}/metrics").get(f"facegate_verdicts_total {source}", 0.0)


def seen_by_the_other(two: Two, server: RedisServer, route: Callable[[], bytes], says: str) -> bytes:
    """A request whose body `one` has looked at, and `other` knows from it."""
    one, other = two

    def known() -> bytes:
        before, request = verdicts(other, "redis"), route()
        with contextlib.closing(server.client()) as client:
            count = client.dbsize()
            assert reason(one, request) == says
            eventually(lambda: client.dbsize() > count, PATIENCE, "the verdict stands in Redis")
        assert reason(other, request) == says
        until = time.monotonic() + 3
        while verdicts(other, "redis") == before:  # written down each second
            if time.monotonic() > until:
                return b""  # it was too late for the patience of a busy machine
            time.sleep(0.1)
        return request

    for _ in range(10):
        if request := known():
            return request
    raise AssertionError("no verdict came from Redis in time")


def test_what_one_looked_at_the_other_knows(
    two: Two, server: RedisServer, origin: Origin, face: bytes, plain_jpeg: bytes
) -> None:
    for body, says in ((plain_jpeg, "passed"), (face, "faces")):
        seen_by_the_other(
            two, server, lambda body=body: get(origin.route("/seen.jpg", answer(unseen(body), "image/jpeg"))), says
        )
    with contextlib.closing(server.client()) as client:
        keys = list(client.scan_iter("facegate:verdict:*"))
        assert keys
        assert all(0 < client.pttl(key) <= 3_600_000 for key in keys)


def test_whoever_writes_redis_passes_no_face(
    two: Two, server: RedisServer, origin: Origin, face: bytes, plain_jpeg: bytes
) -> None:
    """A verdict that says clear, put in the place of one that says faces."""
    one, other = two
    with contextlib.closing(server.client()) as client:

        def verdict_of(body: bytes, says: str) -> bytes:
            before = set(client.scan_iter("facegate:verdict:*"))
            assert reason(one, get(origin.route("/a.jpg", answer(body, "image/jpeg")))) == says
            eventually(lambda: set(client.scan_iter("facegate:verdict:*")) - before, PATIENCE, "it stands in Redis")
            (key,) = set(client.scan_iter("facegate:verdict:*")) - before
            return key

        body = unseen(face)
        clear, faces = verdict_of(unseen(plain_jpeg), "passed"), verdict_of(body, "faces")
        client.set(faces, client.get(clear))
    assert reason(other, get(origin.route("/face.jpg", answer(body, "image/jpeg")))) == "faces"


def test_a_correction_and_its_end_hold_on_the_other_within_a_second(
    two: Two, server: RedisServer, origin: Origin, face: bytes, add_user: Callable[..., None]
) -> None:
    one, other = two
    add_user(one, "rita")
    request = seen_by_the_other(
        two, server, lambda: get(origin.route("/statue.jpg", answer(unseen(face), "image/jpeg"))), "faces"
    )
    record = json.loads(body_of(raw(one.proxy, request)))["record"]
    one.run("quarantine", "false-positive", record, "--as", "rita", "--reason", "a statue")
    at = time.monotonic()
    eventually(lambda: reason(other, request) == "passed", PATIENCE, "it is corrected there")
    assert time.monotonic() - at < 1
    (correction,) = json.loads(one.run("quarantine", "corrections", "list", "--json").stdout)
    one.run("quarantine", "corrections", "revoke", str(correction["seq"]), "--as", "rita", "--reason", "it is one")
    at = time.monotonic()
    eventually(lambda: reason(other, request) == "faces", PATIENCE, "it is revoked there")
    assert time.monotonic() - at < 1


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_without_redis_no_gate_opens_and_plain_traffic_goes_on(
    two: Two,
    server: RedisServer,
    origin: Origin,
    face: bytes,
    plain_jpeg: bytes,
    targeted_job: Callable[..., str],
    how: str,
) -> None:
    one, other = two
    name = f"case-{how}-{secrets.token_hex(4)}"  # a second try is another job
    targeted = get(origin.route("/face.jpg", answer(face, "image/jpeg")), basic(name, targeted_job(one, name)))
    face_url = origin.route("/face.jpg", answer(face, "image/jpeg"))
    plain = get(origin.route("/cup.jpg", answer(plain_jpeg, "image/jpeg")))
    eventually(lambda: reason(other, targeted) == "passed", PATIENCE, "it is approved there")
    with server.away(how):
        for gateway in two:
            assert reason(gateway, targeted) == "state-failed"
            assert reason(gateway, get(face_url)) != "passed"
            assert body_of(raw(gateway.proxy, plain)) == plain_jpeg
        eventually(lambda: any("the shared state is away" in each for each in degraded(one)), PATIENCE, "it says so")
        eventually(
            lambda: not told(f"{one.console}/metrics")["facegate_gateway_state_connected 0"], PATIENCE, "it counts"
        )
        refused = one.run("job", "revoke", name, check=False)
        assert refused.returncode == 2
        assert "shared state" in refused.stderr
        assert "Traceback" not in refused.stderr
        said = json.loads(one.run("state", "status", "--json", check=False).stdout)
        assert said["wrong"]
    for gateway in two:
        eventually(lambda gateway=gateway: reason(gateway, targeted) == "passed", PATIENCE, "releases go on")
    one.run("job", "revoke", name)
    eventually(lambda: reason(other, targeted) != "passed", PATIENCE, "and revocations")
    assert json.loads(other.run("state", "status", "--json").stdout)["behind"] == 0


def test_a_redis_that_was_emptied_stops_releases_until_somebody_decides(
    two: Two,
    server: RedisServer,
    start_gateway: Callable[..., Gateway],
    origin: Origin,
    face: bytes,
    targeted_job: Callable[..., str],
) -> None:
    one, other = two
    targeted = get(
        origin.route("/face.jpg", answer(face, "image/jpeg")), basic("case-emptied", targeted_job(one, "case-emptied"))
    )
    eventually(lambda: reason(other, targeted) == "passed", PATIENCE, "it is approved there")
    server.empty()
    for gateway in two:
        assert reason(gateway, targeted) == "state-failed"
    refused = one.run("state", "resync", "--from-here", "--yes", check=False)
    assert "stop it first" in refused.stderr
    for gateway in two:
        gateway.terminate()
    one.run("state", "resync", "--from-here", "--yes")
    other.run("state", "resync", "--yes")
    plain = get(origin.route("/page", answer(b"<p>page</p>")))
    for gateway in two:
        with contextlib.ExitStack() as stack:
            stack.enter_context(server.away("stopped"))
            again = start_gateway(gateway.config.read_text("utf-8"), home=gateway.home)
            with again:  # it tests itself, and serves, without Redis
                assert reason(again, plain) == "passed"
                stack.close()
                eventually(lambda again=again: reason(again, targeted) == "passed", PATIENCE, "releases go on")
                assert json.loads(again.run("state", "status", "--json").stdout)["wrong"] == ""
