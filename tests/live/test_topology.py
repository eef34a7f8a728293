"""The shipped topology: two gateways behind HAProxy that share Redis and S3 storage are one gateway to crawlers and
reviewers, and one of them may die."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from live.client import basic, body_of, get
from live.console import console
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from live.processes import eventually, family
from live.test_balanced import through
from live.topology import Topology
from live.withheld import assert_quiet, assert_withheld, parse
from plain_http import NO_TLS

pytestmark = [pytest.mark.redis, pytest.mark.haproxy, pytest.mark.timeout(400)]  # two gateways start
PATIENCE = 60.0
JOB = """
id = "crawl"
operator = "acme"
purpose = "texts of news sites"
[scope]
kind = "untargeted"
"""
CRAWLER = "127.0.0.7"
UP = 'haproxy_server_status{proxy="gateways",server="gateway-%d",state="UP"} 1'


@pytest.fixture(scope="module")
def topology(
    redis_server: str,
    haproxy: str,
    start_gateway: Callable[..., Gateway],
    tmp_path_factory: pytest.TempPathFactory,
    face_jpeg: bytes,
) -> Iterator[Topology]:
    with Topology(tmp_path_factory.mktemp("topology"), redis_server, haproxy, start_gateway) as topology:
        yield topology
    for gateway in topology.gateways:
        assert_quiet(gateway.stderr(), face_jpeg)


@pytest.fixture(scope="module")
def crawl(topology: Topology) -> str:
    """The credentials of a job that was registered at one of them and is known to both."""
    one, other = topology.gateways
    file = one.home.with_name("crawl.toml")
    file.write_text(JOB)
    token: str = json.loads(one.run("job", "register", str(file), "--json").stdout)["token"]
    eventually(lambda: "crawl" in other.run("job", "list").stdout, PATIENCE, "the other one knows the job")
    return basic("crawl", token)


def entries(gateway: Gateway) -> list[dict[str, Any]]:
    """Exchanges in its ledger."""
    lines = [
        line for file in (gateway.home / "ledger").glob("gateway-*.jsonl") for line in file.read_text().splitlines()
    ]
    found = [json.loads(line)["entry"] for line in lines]
    return [entry for entry in found if entry["event"] == "exchange"]


def text(url: str) -> str:
    return httpx.get(url, trust_env=False, verify=NO_TLS, timeout=20).text


def test_what_one_withholds_is_reviewed_at_the_other(
    topology: Topology, crawl: str, origin: Origin, face_jpeg: bytes, add_user: Callable[..., None]
) -> None:
    url = origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
    reply = through(topology.balancer.proxy, CRAWLER, get(url, crawl))
    record = assert_withheld(reply, face_jpeg, 451).problem["record"]

    def holders() -> list[Gateway]:
        return [each for each in topology.gateways if any(entry["record"] == record for entry in entries(each))]

    (withholder,) = eventually(holders, PATIENCE, "one of them wrote it down")
    (line,) = (entry for entry in entries(withholder) if entry["record"] == record)
    assert (line["from"], line["job"], line["action"]) == (CRAWLER, "crawl", "quarantine")
    (reviewer,) = (each for each in topology.gateways if each is not withholder)

    shown = json.loads(reviewer.run("quarantine", "show", record, "--json").stdout)
    assert (shown["job"], shown["reason"], shown["size"]) == ("crawl", "faces", len(face_jpeg))
    out = reviewer.home.with_name("exported.jpg")
    reviewer.run("quarantine", "export", record, "-o", str(out), "--reason", "a test")
    assert out.read_bytes() == face_jpeg
    stored = topology.storage.objects()
    (name,) = (name for name in stored if record in name)
    assert face_jpeg[100:132] not in stored[name]

    add_user(withholder, "rita")  # who is added at one logs in at the other
    page = console(reviewer, f"/records/{record}", "rita")
    assert page.status_code == 200
    assert url in page.text
    mosaic = console(reviewer, f"/records/{record}/mosaic", "rita")
    assert mosaic.headers["Content-Type"] == "image/png"  # a drawing stands in where there are no bytes


def test_crawlers_trust_both_by_one_certificate(topology: Topology) -> None:
    one, other = (gateway.ca.read_bytes() for gateway in topology.gateways)
    assert one == other == (topology.keys / "ca" / "facegate-ca-cert.pem").read_bytes()


def test_monitoring_finds_all_three(topology: Topology) -> None:
    for url in topology.metrics:
        assert "facegate_gateway_ready{" in text(url)
    eventually(
        lambda: all(UP % n in text(f"{topology.balancer.watch}/metrics") for n in (1, 2)), PATIENCE, "both are up"
    )
    assert httpx.get(f"{topology.balancer.watch}/healthz", trust_env=False, verify=NO_TLS).status_code == 200


def test_one_of_them_is_killed_and_traffic_goes_on(
    topology: Topology, crawl: str, origin: Origin, face_jpeg: bytes, face_as: Callable[..., bytes]
) -> None:
    page = origin.route("/page", answer(b"<p>hello"))
    victim, survivor = topology.gateways

    def asked() -> bool:
        reply = through(topology.balancer.proxy, CRAWLER, get(page, crawl))
        return bool(reply) and parse(reply).status == 200 and body_of(reply) == b"<p>hello"

    eventually(asked, PATIENCE, "an answer")
    victim.signal(signal.SIGKILL)
    killed = time.monotonic()
    eventually(asked, PATIENCE, "an answer by the one that is left")
    assert time.monotonic() - killed < PATIENCE
    eventually(lambda: UP % 1 not in text(f"{topology.balancer.watch}/metrics"), PATIENCE, "HAProxy noticed")
    eventually(lambda: not family(victim.home), PATIENCE, "nothing of it is left")
    before = len(entries(survivor))
    assert all(asked() for _ in range(20))
    another = face_as("JPEG", size=(300, 300))
    url = origin.route("/another.jpg", answer(another, "image/jpeg"))
    reply = assert_withheld(through(topology.balancer.proxy, CRAWLER, get(url, crawl)), another, 451)
    assert reply.problem["record"]
    eventually(lambda: len(entries(survivor)) >= before + 21, PATIENCE, "all of it is in the ledger of the other")
    assert {entry["from"] for entry in entries(survivor)[before:]} == {CRAWLER}
