import pytest
import scrapy
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.statscollectors import MemoryStatsCollector
from scrapy_facegate import FacegateMiddleware, NoGateway, Withheld

ADDRESS = "http://job:token@127.0.0.1:8080"
REQUEST = Request("http://site.example/face.jpg")


def crawling(**settings: str) -> Crawler:
    crawler = Crawler(scrapy.Spider, Settings(settings))
    crawler.stats = MemoryStatsCollector(crawler)
    return crawler


@pytest.fixture
def crawler(monkeypatch: pytest.MonkeyPatch) -> Crawler:
    monkeypatch.delenv("FACEGATE_PROXY_URL", raising=False)
    return crawling(FACEGATE_PROXY_URL=ADDRESS)


@pytest.fixture
def middleware(crawler: Crawler) -> FacegateMiddleware:
    return FacegateMiddleware.from_crawler(crawler)


def response(status: int = 451, **headers: str) -> Response:
    return Response(REQUEST.url, status, {name.replace("_", "-"): value for name, value in headers.items()})


def test_every_request_goes_through_the_gateway(middleware: FacegateMiddleware) -> None:
    request = REQUEST.replace(meta={"proxy": "http://past.example:1"})
    assert middleware.process_request(request) is None
    assert request.meta["proxy"] == ADDRESS


def test_the_environment_comes_first(crawler: Crawler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEGATE_PROXY_URL", "http://other:8080")
    request = REQUEST.copy()
    FacegateMiddleware.from_crawler(crawler).process_request(request)
    assert request.meta["proxy"] == "http://other:8080"


def test_without_an_address_nothing_is_crawled(crawler: Crawler) -> None:
    with pytest.raises(NoGateway, match="FACEGATE_PROXY_URL"):
        FacegateMiddleware.from_crawler(crawling())


def test_it_is_switched_off_by_name_only(crawler: Crawler) -> None:
    with pytest.raises(NotConfigured):
        FacegateMiddleware.from_crawler(crawling(FACEGATE_ENABLED="False"))


def test_what_was_withheld_is_no_failure_to_retry(middleware: FacegateMiddleware, crawler: Crawler) -> None:
    answer = response(Facegate_Reason="faces", Facegate_Record="r1", Facegate_Action="quarantine")
    with pytest.raises(Withheld, match=r"faces \(record r1\)") as caught:
        middleware.process_response(REQUEST, answer)
    assert isinstance(caught.value, IgnoreRequest)
    assert (caught.value.reason, caught.value.record, caught.value.response) == ("faces", "r1", answer)
    assert crawler.stats.get_stats() == {"facegate/withheld": 1, "facegate/withheld/faces": 1}


@pytest.mark.parametrize("reason", ["overloaded", "origin-unreachable", "ledger-failed", "vault-failed"])
def test_a_failure_of_the_moment_is_left_to_the_retries(
    middleware: FacegateMiddleware, crawler: Crawler, reason: str
) -> None:
    answer = response(503, Facegate_Reason=reason)
    assert middleware.process_response(REQUEST, answer) is answer
    assert crawler.stats.get_stats() == {}


@pytest.mark.parametrize("status", [200, 404, 451, 503])
def test_what_the_origin_said_passes(middleware: FacegateMiddleware, status: int) -> None:
    answer = response(status, Facegate_Verdict="clear", Facegate_Action="pass")
    assert middleware.process_response(REQUEST, answer) is answer


def test_a_redacted_picture_passes_and_is_counted(middleware: FacegateMiddleware, crawler: Crawler) -> None:
    answer = response(200, Facegate_Verdict="faces", Facegate_Action="redact")
    assert middleware.process_response(REQUEST, answer) is answer
    assert crawler.stats.get_stats() == {"facegate/redacted": 1}


def test_what_was_only_observed_passes_and_is_counted(middleware: FacegateMiddleware, crawler: Crawler) -> None:
    answer = response(200, Facegate_Verdict="faces", Facegate_Action="pass", Facegate_Observed="quarantine")
    assert middleware.process_response(REQUEST, answer) is answer
    assert crawler.stats.get_stats() == {"facegate/observed": 1}


def test_wrong_credentials_are_withheld_whoever_says_so(middleware: FacegateMiddleware, crawler: Crawler) -> None:
    with pytest.raises(Withheld) as caught:
        middleware.process_response(REQUEST, response(407))
    assert caught.value.reason == "bad-credentials"
    with pytest.raises(Withheld):
        middleware.process_response(REQUEST, response(407, Facegate_Reason="no-credentials"))
    assert crawler.stats.get_value("facegate/withheld/no-credentials") == 1


class DownloadConnectionRefusedError(Exception):
    """As Scrapy's handler on httpx raises it; older Scrapy has none."""


@pytest.mark.parametrize(
    ("exception", "reason"),
    [
        (
            TunnelError("Could not open CONNECT tunnel with proxy gw:1 [{'status': 403, 'reason': b'x'}]"),
            "tunnel-refused",
        ),
        (
            TunnelError("Could not open CONNECT tunnel with proxy gw:1 [{'status': 407, 'reason': b'x'}]"),
            "bad-credentials",
        ),
        (DownloadConnectionRefusedError("403 Forbidden"), "tunnel-refused"),
    ],
)
def test_a_refused_tunnel_is_withheld(
    middleware: FacegateMiddleware, crawler: Crawler, exception: Exception, reason: str
) -> None:
    with pytest.raises(Withheld) as caught:
        middleware.process_exception(REQUEST, exception)
    assert (caught.value.reason, caught.value.response) == (reason, None)
    assert crawler.stats.get_stats() == {"facegate/withheld": 1, f"facegate/withheld/{reason}": 1}


@pytest.mark.parametrize(
    "exception",
    [
        TunnelError("Could not open CONNECT tunnel with proxy gw:403 [{'status': 502, 'reason': b'403'}]"),
        DownloadConnectionRefusedError("Connection refused"),
        OSError("403 Forbidden"),
    ],
)
def test_other_failures_are_left_to_the_retries(middleware: FacegateMiddleware, exception: Exception) -> None:
    assert middleware.process_exception(REQUEST, exception) is None
