"""A gateway whose vault is on S3 storage that is killed or silent under traffic: withheld, and back by itself."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator

import httpx
import pytest
from live.client import get, raw
from live.gateways import Gateway
from live.origin import Origin
from live.plays import anew, answer
from live.processes import eventually
from live.test_metrics import told
from live.withheld import assert_quiet, assert_withheld, assert_without, parse
from plain_http import NO_TLS
from s3_server import BUCKET, CREDENTIALS, S3Server

TEXT = b"<p>ordinary</p>" * 100
PATIENCE = 60.0  # seconds: above the gateway's own 15, on a machine that is busy
BACK = 60.0  # until it is ready again: it asks every 10 s
AT_ONCE = 4


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with S3Server() as server:
        yield server


@pytest.fixture(scope="module")
def keeping(start_gateway: Callable[..., Gateway], server: S3Server, face: bytes) -> Iterator[Gateway]:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in CREDENTIALS.items():
            environment.setenv(name, value)
        config = f'[vault]\nurl = "s3://{BUCKET}/live"\nendpoint = "{server.endpoint}"\n'
        with start_gateway(config, console=True) as gateway:
            yield gateway
    assert_quiet(gateway.stderr(), face)
    assert not any(value in gateway.stderr() for value in CREDENTIALS.values())


@pytest.fixture(scope="module")
def face(face_as: Callable[..., bytes]) -> bytes:
    return face_as("JPEG", size=(128, 128))


class Traffic:
    """Crawlers that ask for a face and for a page in turn, until they are stopped; each answer is noted."""

    def __init__(self, gateway: Gateway, face: str, page: str, canary: bytes) -> None:
        self._gateway, self._face, self._page, self._canary = gateway, get(face), get(page), canary
        self.faces, self.pages = Counter[str](), Counter[str]()
        self._stopped = False

    def _one(self) -> None:
        while not self._stopped:
            reply = assert_withheld(raw(self._gateway.proxy, self._face, PATIENCE), self._canary)
            self.faces[str(reply.problem["reason"])] += 1
            page = raw(self._gateway.proxy, self._page, PATIENCE)
            assert_without(page, self._canary)
            self.pages[str(parse(page).status)] += 1

    async def __aenter__(self) -> "Traffic":
        self._crawlers = [asyncio.create_task(asyncio.to_thread(self._one)) for _ in range(AT_ONCE)]
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self._stopped = True
        await asyncio.gather(*self._crawlers)

    async def until(self, reason: str, count: int) -> None:
        """`count` more faces were answered with it."""
        goal = self.faces[reason] + count

        def came() -> bool:
            for crawler in self._crawlers:
                assert not crawler.done() or crawler.exception() is None, crawler.exception()
            return self.faces[reason] >= goal

        await asyncio.to_thread(eventually, came, BACK + PATIENCE, f"{count} more {reason}: {self.faces}")


def ready(gateway: Gateway) -> tuple[bool, str]:
    reply = httpx.get(f"{gateway.console}/readyz", trust_env=False, verify=NO_TLS, timeout=20)
    return reply.status_code == 200, reply.text


@pytest.mark.timeout(600)
@pytest.mark.parametrize("how", ["killed", "silent"])
async def test_withheld_while_it_is_away_and_kept_when_it_is_back(
    keeping: Gateway, server: S3Server, origin: Origin, face: bytes, how: str
) -> None:
    url, page = origin.route("/face.jpg", anew(face, "image/jpeg")), origin.route("/page", answer(TEXT))
    away, back = {"killed": (server.kill, server.start), "silent": (server.fall_silent, server.speak)}[how]
    async with Traffic(keeping, url, page, face) as traffic:
        await traffic.until("faces", AT_ONCE)
        await asyncio.to_thread(eventually, lambda: ready(keeping)[0], BACK, "ready")
        await asyncio.to_thread(away)
        try:
            await traffic.until("vault-failed", 2 * AT_ONCE)
            assert "vault" in ready(keeping)[1]
            assert told(f"{keeping.console}/metrics")["facegate_gateway_vault_answers 0"] == 0
            before = traffic.pages["200"]
            reply = raw(keeping.proxy, get(page), PATIENCE)
            assert parse(reply).body == TEXT
            await asyncio.to_thread(eventually, lambda: traffic.pages["200"] > before, PATIENCE, "pages go on")
        finally:
            await asyncio.to_thread(back)
        await traffic.until("faces", AT_ONCE)
        await asyncio.to_thread(eventually, lambda: ready(keeping)[0], BACK, "ready again")
    assert set(traffic.faces) == {"faces", "vault-failed"}
    assert set(traffic.pages) == {"200"}
    assert told(f"{keeping.console}/metrics")["facegate_gateway_vault_answers 0"] == 1


def test_what_was_kept_afterwards_opens(keeping: Gateway, server: S3Server, origin: Origin, face: bytes) -> None:
    url = origin.route("/again.jpg", anew(face, "image/jpeg"))
    reply = assert_withheld(raw(keeping.proxy, get(url), PATIENCE), face, 451)
    name = reply.problem["record"]
    (sealed,) = [data for path, data in server.objects().items() if path.endswith(f"/{name}.sealed")]
    assert_without(sealed, face)
    out = keeping.home.with_name("out")
    keeping.run("quarantine", "export", name, "-o", str(out), "--reason", "a test")
    assert out.read_bytes().startswith(face)
