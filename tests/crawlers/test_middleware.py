import logging
from typing import Any

import pytest
import scrapy
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.settings import Settings
from scrapy.statscollectors import MemoryStatsCollector
from scrapy_facegate import FacegateMiddleware, NoGateway, Withheld, withheld_signal
from scrapy_facegate.browser import Refused
from scrapy_facegate.middleware import MOST_REASONS

ADDRESS = "http://job:token@127.0.0.1:8080"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FACEGATE_PROXY_URL", "FACEGATE_JOB", "FACEGATE_TOKEN", "FACEGATE_TOKEN_FILE", "FACEGATE_CA"):
        monkeypatch.delenv(name, raising=False)


def crawling(**settings: object) -> Crawler:
    crawler = Crawler(scrapy.Spider, Settings({"FACEGATE_PROXY_URL": ADDRESS} | settings))
    crawler.stats = MemoryStatsCollector(crawler)
    crawler.spider = scrapy.Spider("spider")
    return crawler


@pytest.fixture
def crawler() -> Crawler:
    return crawling()


@pytest.fixture
def middleware(crawler: Crawler) -> FacegateMiddleware:
    return FacegateMiddleware.from_crawler(crawler)


def request(url: str = "http://site.example/face.jpg", **meta: object) -> Request:
    return Request(url, meta=meta)


def answer(status: int = 200, flags: list[str] | None = None, **headers: str) -> Response:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response("http://site.example/face.jpg", status, fields, b"body", flags)


FACES = {"Facegate_Reason": "faces", "Facegate_Record": "r1", "Facegate_Action": "quarantine"}
PASSED = {"Facegate_Verdict": "clear", "Facegate_Action": "pass"}


# On the way out


def test_every_request_goes_through_the_gateway(middleware: FacegateMiddleware) -> None:
    sent = request(proxy="http://past.example:1")
    sent.headers["Proxy-Authorization"] = "Basic of another"
    assert middleware.process_request(sent) is None
    assert sent.meta["proxy"] == "http://127.0.0.1:8080"
    assert sent.headers["Proxy-Authorization"] == b"Basic am9iOnRva2Vu"


def test_credentials_are_on_a_request_only_while_it_is_out(middleware: FacegateMiddleware) -> None:
    for back in (
        lambda sent: middleware.process_response(sent, answer(**PASSED)),
        lambda sent: middleware.process_exception(sent, OSError("gone")),
    ):
        sent = request()
        middleware.process_request(sent)
        back(sent)
        assert "Proxy-Authorization" not in sent.headers


def test_a_browser_has_credentials_of_its_own(middleware: FacegateMiddleware) -> None:
    sent = request(playwright=True, playwright_context_kwargs={"proxy": {"server": "http://past.example"}})
    middleware.process_request(sent)
    assert "Proxy-Authorization" not in sent.headers
    assert sent.meta["playwright_context_kwargs"] == {}
    assert sent.meta["proxy"] == "http://127.0.0.1:8080"  # should there be no browser after all


@pytest.mark.parametrize("url", ["ftp://site.example/face.jpg", "s3://bucket/face.jpg"])
def test_what_knows_no_proxy_does_not_go_out(middleware: FacegateMiddleware, url: str) -> None:
    with pytest.raises(Withheld, match="protocol-refused"):
        middleware.process_request(request(url))


def test_what_needs_no_network_does(middleware: FacegateMiddleware) -> None:
    for url in ("data:,hello", "file:///etc/hostname"):
        assert middleware.process_request(request(url)) is None
        came = Response(url)
        assert middleware.process_response(request(url), came) is came
    allowing = FacegateMiddleware.from_crawler(crawling(FACEGATE_DIRECT_SCHEMES="s3"))
    assert allowing.process_request(request("s3://bucket/face.jpg")) is None


def test_without_an_address_nothing_is_crawled() -> None:
    with pytest.raises(NoGateway, match="FACEGATE_PROXY_URL"):
        FacegateMiddleware.from_crawler(crawling(FACEGATE_PROXY_URL=""))


def test_it_is_switched_off_by_name_only() -> None:
    with pytest.raises(NotConfigured):
        FacegateMiddleware.from_crawler(crawling(FACEGATE_ENABLED="False"))


# Withheld


def test_what_was_withheld_is_an_exception_and_counted(middleware: FacegateMiddleware, crawler: Crawler) -> None:
    told: list[dict[str, Any]] = []

    def listen(**what: Any) -> None:
        told.append(what)

    crawler.signals.connect(listen, withheld_signal)
    came, sent = answer(451, **FACES), request()
    with pytest.raises(Withheld, match=r"faces \(record r1\)") as caught:
        middleware.process_response(sent, came)
    assert isinstance(caught.value, IgnoreRequest)
    assert (caught.value.reason, caught.value.record, caught.value.response) == ("faces", "r1", came)
    assert crawler.stats.get_stats() == {"facegate/withheld": 1, "facegate/withheld/faces": 1}
    assert [(what["request"], what["withheld"]) for what in told] == [(sent, caught.value)]


def test_the_problem_document_is_there_to_read() -> None:
    document = b'{"detail": "The body bears human faces."}'
    assert Withheld(answer(451).replace(body=document), "faces").problem == {"detail": "The body bears human faces."}
    for empty in (Withheld(None, "faces"), Withheld(answer(451), "faces"), Withheld(answer().replace(body=b"[]"), "x")):
        assert empty.problem == {}


@pytest.mark.parametrize("asked", [{"handle_facegate": True}, {}])
def test_a_callback_gets_it_where_it_asked(
    middleware: FacegateMiddleware, crawler: Crawler, asked: dict[str, Any]
) -> None:
    crawler.spider.handle_facegate = not asked  # type: ignore[union-attr]
    came, sent = answer(502, Facegate_Reason="limit-body", Facegate_Action="refuse"), request(**asked)
    assert middleware.process_response(sent, came) is came
    assert sent.meta["handle_httpstatus_all"]  # past HttpErrorMiddleware
    assert sent.meta["dont_retry"]
    assert sent.meta["dont_cache"]
    assert crawler.stats.get_value("facegate/withheld/limit-body") == 1
    with pytest.raises(Withheld):
        middleware.process_response(request(handle_facegate=False), came)


def test_what_a_pipeline_asks_for_is_a_failure_there(middleware: FacegateMiddleware, crawler: Crawler) -> None:
    crawler.spider.handle_facegate = True  # type: ignore[union-attr]
    with pytest.raises(Withheld):
        middleware.process_response(request().replace(callback=NO_CALLBACK), answer(451, **FACES))


def test_reasons_in_the_stats_are_bounded(middleware: FacegateMiddleware, crawler: Crawler) -> None:
    for number in range(MOST_REASONS + 5):
        with pytest.raises(Withheld):
            middleware.process_response(request(), answer(451, Facegate_Reason=f"reason-{number}"))
    assert len(crawler.stats.get_stats()) == MOST_REASONS + 2
    assert crawler.stats.get_value("facegate/withheld/other") == 5


# Passed


@pytest.mark.parametrize(
    ("headers", "counted"),
    [
        (PASSED, None),
        ({"Facegate_Verdict": "faces", "Facegate_Action": "redact"}, "facegate/redacted"),
        ({"Facegate_Verdict": "faces", "Facegate_Action": "pass"}, "facegate/faces"),
        (
            {"Facegate_Verdict": "faces", "Facegate_Action": "pass", "Facegate_Observed": "quarantine"},
            "facegate/observed",
        ),
    ],
)
def test_what_passes_is_counted_by_what_it_is(
    middleware: FacegateMiddleware, crawler: Crawler, headers: dict[str, str], counted: str | None
) -> None:
    came = answer(**headers)
    assert middleware.process_response(request(), came) is came
    assert crawler.stats.get_stats() == {"facegate/passed": 1} | ({counted: 1} if counted else {})


@pytest.mark.parametrize("status", [200, 404, 407, 451, 503])
def test_what_the_origin_said_passes(middleware: FacegateMiddleware, status: int) -> None:
    came = answer(status, Retry_After="5", **PASSED)
    assert middleware.process_response(request(), came) is came


def test_an_origin_out_of_reach_is_left_to_the_retries_and_out_of_the_cache(middleware: FacegateMiddleware) -> None:
    came, sent = answer(502, Facegate_Reason="origin-unreachable", Facegate_Action="refuse"), request()
    assert middleware.process_response(sent, came) is came
    assert sent.meta["dont_cache"]
    middleware.process_request(sent)  # the next attempt may be kept
    assert "dont_cache" not in sent.meta


def test_what_did_not_come_by_way_of_the_gateway_is_not_handed_on(
    middleware: FacegateMiddleware, crawler: Crawler
) -> None:
    with pytest.raises(Withheld, match="uninspected"):
        middleware.process_response(request(), answer(Server="nginx"))
    came = middleware.process_response(request(), answer(503, Server="haproxy"))  # asked again by Scrapy
    assert (came.status, came.body) == (503, b"")


# Caches


def test_of_a_cache_only_what_passed_clear_is_taken(middleware: FacegateMiddleware, crawler: Crawler) -> None:
    came = answer(flags=["cached"], **PASSED)
    assert middleware.process_response(request(), came) is came
    for other in (answer(flags=["cached"]), answer(flags=["cached"], Facegate_Verdict="faces", Facegate_Action="pass")):
        again = middleware.process_response(request(), other)
        assert isinstance(again, Request)
        assert again.meta["dont_cache"]
        assert again.dont_filter
    assert crawler.stats.get_stats() == {"facegate/cache/refused": 2}


def test_faces_of_a_targeted_job_stay_out_of_it(middleware: FacegateMiddleware) -> None:
    sent = request()
    middleware.process_response(sent, answer(Facegate_Verdict="faces", Facegate_Action="pass"))
    assert sent.meta["dont_cache"]
    chosen = request(dont_cache=True)
    middleware.process_response(chosen, answer(Facegate_Verdict="faces", Facegate_Action="pass"))
    middleware.process_request(chosen)
    assert chosen.meta["dont_cache"]  # the project's own word


def test_an_old_copy_is_not_confirmed_but_had_anew(middleware: FacegateMiddleware) -> None:
    sent = request(cached_response=answer())
    sent.headers["If-None-Match"] = '"1"'
    middleware.process_request(sent)
    assert "cached_response" not in sent.meta
    assert "If-None-Match" not in sent.headers
    kept = request(cached_response=answer(**PASSED))
    kept.headers["If-None-Match"] = '"1"'
    middleware.process_request(kept)
    assert kept.headers["If-None-Match"] == b'"1"'


# The gateway's bad moments


def busy(**headers: str) -> Response:
    return answer(503, Facegate_Reason="overloaded", Facegate_Action="refuse", **headers)


async def test_a_busy_gateway_is_asked_again_after_its_time(
    middleware: FacegateMiddleware, crawler: Crawler, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("scrapy_facegate.middleware.sleep", sleep)
    again = middleware.process_response(request(), busy(Retry_After="7"))
    assert isinstance(again, Request)
    waiting = middleware.process_request(again)
    assert waiting is not None
    await waiting
    assert slept == [pytest.approx(7, abs=1)]
    assert middleware.process_request(request("http://other.example/")) is None
    stats = {"facegate/retry/count": 1, "facegate/retry/reason_count/overloaded": 1}
    assert crawler.stats.get_stats() == stats


def test_and_not_for_ever(crawler: Crawler) -> None:
    middleware = FacegateMiddleware.from_crawler(crawling(FACEGATE_RETRY_TIMES=2))
    sent = request()
    for _ in range(2):
        sent = middleware.process_response(sent, busy())
        assert isinstance(sent, Request)
    with pytest.raises(Withheld, match="overloaded"):
        middleware.process_response(sent, busy())
    with pytest.raises(Withheld):
        middleware.process_response(request(dont_retry=True), busy())


# What stops the crawl


class Closing:
    """An engine as Scrapy 2.13 has it."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def close_spider(self, spider: scrapy.Spider, reason: str) -> None:
        self.reasons.append(reason)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"status": 407}, "bad-credentials"),
        ({"status": 407, "Facegate_Reason": "no-credentials"}, "no-credentials"),
        ({"status": 403, "Facegate_Reason": "job-inactive"}, "job-inactive"),
    ],
)
def test_what_every_request_would_get_stops_the_spider_with_one_line(
    crawler: Crawler, caplog: pytest.LogCaptureFixture, how: dict[str, Any], reason: str
) -> None:
    crawler.engine = engine = Closing()  # type: ignore[assignment]
    middleware = FacegateMiddleware.from_crawler(crawler)
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            with pytest.raises(Withheld, match=reason):
                middleware.process_response(request(handle_facegate=True), answer(**how))
    (line,) = caplog.messages
    assert line.startswith("The crawl stops: the gateway")
    assert "token" not in line
    assert engine.reasons == [f"facegate_{reason.replace('-', '_')}"]
    with pytest.raises(Withheld, match=reason):  # and nothing else goes out
        middleware.process_request(request("http://other.example/"))


def test_a_refused_tunnel_tells_the_same(crawler: Crawler) -> None:
    crawler.engine = engine = Closing()  # type: ignore[assignment]
    middleware = FacegateMiddleware.from_crawler(crawler)
    with pytest.raises(Withheld, match="tunnel-refused"):
        middleware.process_exception(request(), TunnelError("[{'status': 403, 'reason': b'x'}]"))
    assert not engine.reasons
    with pytest.raises(Withheld, match="bad-credentials"):
        middleware.process_exception(request(), TunnelError("[{'status': 407, 'reason': b'x'}]"))
    assert engine.reasons == ["facegate_bad_credentials"]
    assert middleware.process_exception(request(), OSError("gone")) is None
    refused = request(playwright=True, playwright_page_event_handlers={"response": Refused()})
    refused.meta["playwright_page_event_handlers"]["response"].seen = True
    with pytest.raises(Withheld, match="bad-credentials"):
        middleware.process_exception(refused, OSError("net::ERR_HTTP_RESPONSE_CODE_FAILURE"))
    assert middleware.process_exception(request(), Withheld(None, "faces")) is None  # told already
