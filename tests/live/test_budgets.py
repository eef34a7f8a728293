"""What may be released is counted exactly: over processes, jobs, and many requests at once."""

import asyncio
import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from live.client import basic, body_of, get, raw
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from live.processes import eventually, members

SMALL = (128, 128)
AT_ONCE = 1_000


async def crawl(proxy: str, requests: list[bytes], patience: float = 90) -> list[bytes]:
    """Every request is sent, each on a connection of its own, before any answer is read. A connection that was cut off
    gives what had arrived."""
    address = urlsplit(proxy)

    async def send(request: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(request)
        await writer.drain()
        return reader, writer

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        data = b""
        try:
            while more := await reader.read(1 << 16):
                data += more
        except ConnectionError:
            pass  # its gateway was killed
        finally:
            writer.close()
        return data

    async with asyncio.timeout(patience):
        pairs = await asyncio.gather(*(send(request) for request in requests))
        return list(await asyncio.gather(*(answered(*pair) for pair in pairs)))


def outcomes(replies: list[bytes], face: bytes) -> Counter[str]:
    """`face` for whom got it, else the reason."""
    return Counter(
        "lost" if not reply else "face" if body_of(reply) == face else json.loads(body_of(reply))["reason"]
        for reply in replies
    )


def releases(gateway: Gateway, job: str) -> int:
    return int(json.loads(gateway.run("job", "show", job, "--json").stdout)["spent"]["releases"])


@pytest.fixture
def face(face_as: Callable[..., bytes]) -> bytes:
    return face_as("JPEG", size=SMALL)


@pytest.fixture
def five(start_gateway: Callable[..., Gateway]) -> Iterator[Gateway]:
    with start_gateway("[accumulation]\nreleases = 5\n", "--workers", "2") as gateway:
        yield gateway


def test_two_jobs_of_one_operator_stop_together(
    five: Gateway, origin: Origin, face: bytes, plain_jpeg: bytes, targeted_job: Callable[..., str]
) -> None:
    url = origin.route("/face.jpg", answer(face, "image/jpeg"))
    plain = origin.route("/cup.jpg", answer(plain_jpeg, "image/jpeg"))
    credentials = [basic(name, targeted_job(five, name)) for name in ("one", "two")]
    requests = [get(url, credentials[number % 2]) for number in range(40)]
    for signatures in range(2):
        assert outcomes(asyncio.run(crawl(five.proxy, requests)), face) == {"face": 5, "accumulation": 35}
        assert releases(five, "one") + releases(five, "two") == 5 * (signatures + 1)
        assert body_of(raw(five.proxy, get(plain, credentials[0]))) == plain_jpeg
        assert json.loads(body_of(raw(five.proxy, get(url))))["reason"] == "faces"  # an untargeted job's, as ever
        five.run("accumulation", "sign", "acme", "--as", "rita", "--reason", "looked at both")


def test_a_budget_of_100_releases_100_of_1000_at_once(
    start_gateway: Callable[..., Gateway], origin: Origin, face: bytes, targeted_job: Callable[..., str]
) -> None:
    url = origin.route("/face.jpg", answer(face, "image/jpeg"))
    limits = f"[limits]\nqueue = {2 * AT_ONCE}\nseconds = 120\nresponse = 120\n"
    with start_gateway(limits, "--workers", "2") as gateway:
        request = get(url, basic("case", targeted_job(gateway, "case", max_releases=100)))
        found = outcomes(asyncio.run(crawl(gateway.proxy, [request] * AT_ONCE)), face)
        assert found == {"face": 100, "budget-spent": 900}
        assert releases(gateway, "case") == 100
    with start_gateway(limits, "--workers", "2", home=gateway.home) as gateway:
        assert outcomes(asyncio.run(crawl(gateway.proxy, [request] * 4)), face) == {"budget-spent": 4}
        assert releases(gateway, "case") == 100


def test_a_gateway_that_is_killed_gives_nothing_twice(
    start_gateway: Callable[..., Gateway], origin: Origin, face: bytes, targeted_job: Callable[..., str]
) -> None:
    """What it had counted and not yet sent is lost; never is more released than was counted."""
    url = origin.route("/face.jpg", answer(face, "image/jpeg"))
    with start_gateway("[limits]\nqueue = 400\nseconds = 60\n", "--workers", "2") as gateway:
        request = get(url, basic("case", targeted_job(gateway, "case", max_releases=50)))

        async def killed() -> list[bytes]:
            crawling = asyncio.create_task(crawl(gateway.proxy, [request] * 120))
            async with asyncio.timeout(60):
                while await asyncio.to_thread(releases, gateway, "case") < 5:
                    pass
            os.kill(min(members(gateway.home, "facegate.serve.gateway")), signal.SIGKILL)
            return await crawling

        first = outcomes(asyncio.run(killed()), face)
        eventually(lambda: len(members(gateway.home, "facegate.serve.gateway")) == 2, 30, "it is started again")
        second = outcomes(asyncio.run(crawl(gateway.proxy, [request] * 120)), face)
        assert releases(gateway, "case") == 50
        assert first["face"] + second["face"] <= 50
        assert second["budget-spent"] > 0
