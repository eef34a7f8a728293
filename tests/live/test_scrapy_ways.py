"""The add-on with real Scrapy: on both kinds of reactor, with a cache, and where the gateway is busy, or not there."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from live.authority import Authority
from live.crawls import SELECT_REACTOR, behave
from live.gateways import Gateway
from live.origin import Exchange, Origin
from live.plays import answer

WITHOUT_REACTOR: dict[str, object] = {"TWISTED_REACTOR_ENABLED": False}  # older Scrapy has one all the same
CLEAR = (("Facegate-Verdict", "clear"), ("Facegate-Action", "pass"))


@pytest.fixture
def sites(origin: Origin, tls_origin: Origin, face_jpeg: bytes) -> tuple[Origin, Origin]:
    """A page and a face, by plain HTTP and over TLS."""
    for site in (origin, tls_origin):
        site.route("/", answer(b"<!doctype html><p>hello"))
        site.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
    return origin, tls_origin


def test_on_both_reactors_over_tls_and_beside_a_cache(
    gateway: Gateway, sites: tuple[Origin, Origin], targeted_job: Callable[..., str], tmp_path: Path
) -> None:
    plain, tls = sites
    token = targeted_job(gateway, "scrapy-ways", approve=False)
    environ = {
        "FACEGATE_CA": str(gateway.ca),
        "FACEGATE_JOB": "scrapy-ways",
        "FACEGATE_TOKEN": token,
    }
    ask = {
        "page": {"url": tls.url("/")},
        "plain page": {"url": plain.url("/")},
        "face": {"url": tls.url("/face.jpg")},
        "wanted": {"url": plain.url("/face.jpg"), "meta": {"handle_facegate": True}},
        "refused": {"url": "https://169.254.169.254/"},  # an address that the gateway never leads to
        "past": {"url": "ftp://site.example/face.jpg"},
    }
    cache = {"HTTPCACHE_ENABLED": True, "HTTPCACHE_DIR": str(tmp_path / "cache")}

    for reactor in ("twisted.internet.asyncioreactor.AsyncioSelectorReactor", SELECT_REACTOR):
        settings = cache | {"TWISTED_REACTOR": reactor}
        crawled = behave(ask, folder=tmp_path, proxy=gateway.proxy, environ=environ, settings=settings)
        came = crawled.by("name")
        again = reactor == SELECT_REACTOR
        for page in ("page", "plain page"):
            assert (came[page]["status"], came[page]["cached"], came[page]["credentials"]) == (200, again, False)
        assert came["face"]["withheld"] == "faces"
        assert came["face"]["problem"]["job"] == "scrapy-ways"
        assert (came["wanted"]["status"], came["wanted"]["cached"]) == (451, False)
        assert came["wanted"]["type"] == "application/problem+json"
        assert came["refused"]["withheld"] == "tunnel-refused"
        assert came["past"]["withheld"] == "protocol-refused"
        counted = {name: number for name, number in crawled.stats.items() if name.startswith("facegate/")}
        assert counted == {
            "facegate/withheld": 4,
            "facegate/withheld/faces": 2,
            "facegate/withheld/tunnel-refused": 1,
            "facegate/withheld/protocol-refused": 1,
        } | ({} if again else {"facegate/passed": 2})
        assert "retry/count" not in crawled.stats
        assert token not in crawled.log
    for site in sites:
        assert [request.path for request in site.requests].count("/face.jpg") == 2  # once each crawl
        assert [request.path for request in site.requests].count("/") == 1
    kept = b"".join(file.read_bytes() for file in (tmp_path / "cache").rglob("*") if file.is_file())
    assert b"<!doctype html>" in kept
    for secret in (token.encode(), b"Proxy-Authorization", b"problem+json"):
        assert secret not in kept


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_wrong_credentials_stop_the_crawl_with_one_line(
    gateway: Gateway, sites: tuple[Origin, Origin], tmp_path: Path, scheme: str
) -> None:
    site = sites[scheme == "https"]
    ask = {f"page {number}": {"url": site.url("/")} for number in range(20)}
    environ = {"FACEGATE_JOB": "nobody", "FACEGATE_TOKEN": "wr0ng"}
    crawled = behave(ask, folder=tmp_path, proxy=gateway.proxy, environ=environ, settings={"CONCURRENT_REQUESTS": 2})
    assert not site.requests
    assert crawled.log.count("The crawl stops:") == 1
    assert "'finish_reason': 'facegate_bad_credentials'" in crawled.log
    assert {item["withheld"] for item in crawled.items} == {"bad-credentials"}
    assert crawled.stats["facegate/withheld/bad-credentials"] <= 3  # those that were out already
    assert "wr0ng" not in crawled.log


def test_without_a_gateway_the_crawl_does_not_start(sites: tuple[Origin, Origin], tmp_path: Path) -> None:
    crawled = behave({"page": {"url": sites[0].url("/")}}, folder=tmp_path, proxy="", quiet=False)
    assert "Spider opened" not in crawled.log
    assert "set FACEGATE_PROXY_URL to http://JOB:TOKEN@HOST:PORT" in crawled.log
    assert not sites[0].requests


@pytest.mark.parametrize("reactor", [{}, WITHOUT_REACTOR], ids=["asyncio", "none"])
def test_tls_that_is_not_the_gateways_is_refused(
    gateway: Gateway,
    sites: tuple[Origin, Origin],
    authority: Authority,
    tmp_path: Path,
    reactor: dict[str, object],
) -> None:
    """The other way round, which is the same to the crawler: what the gateway signs where another is expected."""
    environ = {"FACEGATE_CA": str(authority.pem)}
    ask = {"page": {"url": sites[1].url("/")}}
    crawled = behave(ask, folder=tmp_path, proxy=gateway.proxy, environ=environ, settings=reactor)
    assert crawled.by("name")["page"].get("withheld") == "untrusted-certificate", crawled.log
    assert "retry/count" not in crawled.stats
    assert not any(request.path == "/" for request in sites[1].requests)


class Busy:
    """Answers 503 some times, then as the gateway would; notes when."""

    def __init__(self, times: int) -> None:
        self._left = times
        self.at: list[float] = []

    def __call__(self, exchange: Exchange) -> bool:
        self.at.append(time.monotonic())
        self._left -= 1
        if self._left < 0:
            exchange.send(answer(b"<!doctype html><p>at last", headers=CLEAR))
        else:
            words = (("Facegate-Action", "refuse"), ("Facegate-Reason", "overloaded"), ("Retry-After", "1"))
            exchange.send(answer(b"{}", status="503 Service Unavailable", headers=words))
        return True


@pytest.mark.parametrize(
    "reactor",
    [
        {},
        {"TWISTED_REACTOR": SELECT_REACTOR},
        WITHOUT_REACTOR,
    ],
    ids=["asyncio", "select", "none"],
)
def test_a_busy_gateway_is_waited_for_and_nothing_unmarked_is_taken(tmp_path: Path, reactor: dict[str, object]) -> None:
    """What a gateway answers when, and who else might answer in its place, is played on its port."""
    with Origin() as proxy:
        soon, never, balancer = Busy(1), Busy(1_000), answer(b"<p>no server", status="503 Service Unavailable")
        proxy.route("http://soon.example/", soon)
        proxy.route("http://never.example/", never)
        proxy.route("http://clear.example/", answer(b"<p>clear", headers=CLEAR))
        proxy.route("http://around.example/", answer(b"<p>nobody looked at it"))
        proxy.route("http://balanced.example/", balancer)
        names = ("soon", "never", "clear", "around", "balanced")
        ask = {name: {"url": f"http://{name}.example/"} for name in names}
        ask["balanced"]["meta"] = {"handle_httpstatus_all": True}
        crawled = behave(
            ask,
            folder=tmp_path,
            proxy=f"http://127.0.0.1:{proxy.port}",
            settings={
                "FACEGATE_RETRY_TIMES": 2,
                "FACEGATE_RETRY_WAIT_MAX": 1.5,
                "RETRY_TIMES": 1,
            }
            | reactor,
        )
    came = crawled.by("name")
    assert (came["soon"]["status"], came["soon"]["attempts"]) == (200, 1)
    assert soon.at[1] - soon.at[0] >= 1.0
    assert came["never"]["withheld"] == "overloaded"
    assert len(never.at) == 3
    assert came["clear"]["status"] == 200
    assert came["around"]["withheld"] == "uninspected"
    assert (came["balanced"]["status"], came["balanced"]["size"]) == (503, 0)
    # other hosts did not wait
    order = [json.dumps(item["name"]) for item in crawled.items]
    assert order.index('"clear"') < order.index('"soon"')
    assert crawled.stats["facegate/retry/reason_count/overloaded"] == 3
    assert crawled.stats["facegate/retry/max_reached"] == 1
    assert crawled.stats["retry/count"] == 1  # Scrapy's own, for the load balancer


def test_without_a_reactor_tls_and_refused_tunnels_are_what_they_are_with_one(
    gateway: Gateway, sites: tuple[Origin, Origin], tmp_path: Path
) -> None:
    tls = sites[1]
    ask = {
        "page": {"url": tls.url("/")},
        "face": {"url": tls.url("/face.jpg")},
        "refused": {"url": "https://169.254.169.254/"},
    }
    environ = {"FACEGATE_CA": str(gateway.ca)}
    crawled = behave(ask, folder=tmp_path, proxy=gateway.proxy, environ=environ, settings=WITHOUT_REACTOR)
    came = crawled.by("name")
    assert came["page"]["status"] == 200
    assert (came["face"]["withheld"], came["refused"]["withheld"]) == ("faces", "tunnel-refused")
    assert "retry/count" not in crawled.stats
