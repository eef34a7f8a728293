"""Requests go through the gateway; what it withheld is counted, never retried or kept, and told apart from failures.

It is the last before the network: what is nearer to the spider (caches, retries, cookies) sees nothing that was
withheld, and no credentials on their way back.
"""

import logging
from collections.abc import Awaitable
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.httpobj import urlparse_cached

from scrapy_facegate import browser
from scrapy_facegate.answers import OF_THE_JOB, OF_THE_ORIGIN, PASSING_STATES, Answer, read
from scrapy_facegate.errors import Withheld
from scrapy_facegate.failures import reason_of
from scrapy_facegate.gateway import find
from scrapy_facegate.pauses import Pauses, sleep

logger = logging.getLogger(__name__)

# Sent for each response that was withheld, with `request`, `withheld` (the exception) and `spider`.
withheld_signal = object()

RETRY_TIMES = 8  # with waits of 2, 2, 4, 8 ... 60 s: a little over three minutes of an overloaded gateway
LONGEST_WAIT = 60.0  # seconds
MOST_REASONS = 60  # names in the stats; the gateway has 42
_STOPS = {
    "no-credentials": "the gateway wants a job's credentials: set FACEGATE_JOB and FACEGATE_TOKEN",
    "bad-credentials": "the gateway refuses the job's credentials: look at FACEGATE_JOB and FACEGATE_TOKEN",
    "job-inactive": "the gateway refuses the job: it is a draft, revoked or past its end",
}


class FacegateMiddleware:
    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._gateway = find(settings)
        self._direct = frozenset(settings.getlist("FACEGATE_DIRECT_SCHEMES", ["data", "file"]))
        self._retry_times = settings.getint("FACEGATE_RETRY_TIMES", RETRY_TIMES)
        self._pauses = Pauses(settings.getfloat("FACEGATE_RETRY_WAIT_MAX", LONGEST_WAIT))
        self._reasons: set[str] = set()
        self._stopped = ""  # the reason, once the spider is being stopped

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "FacegateMiddleware":
        """Raises NoGateway: a component that switched itself off would let the crawl go on, past the gate."""
        if not crawler.settings.getbool("FACEGATE_ENABLED", True):
            raise NotConfigured("FACEGATE_ENABLED is off")
        return cls(crawler)

    def process_request(self, request: Request, spider: Any = None) -> Awaitable[None] | None:
        scheme = urlparse_cached(request).scheme
        if scheme in self._direct:
            return None
        if scheme not in ("http", "https"):  # its handler knows no proxy
            raise self._withheld(request, Withheld(None, "protocol-refused"))
        if self._stopped:
            raise Withheld(None, self._stopped)
        request.meta["proxy"] = self._gateway.address
        request.headers.pop("Proxy-Authorization", None)
        if request.meta.get("playwright"):  # the browser has its own
            browser.update_request(request, self._gateway)
        elif self._gateway.authorization:
            request.headers["Proxy-Authorization"] = self._gateway.authorization
        if request.meta.pop("_facegate_uncached", False):
            request.meta.pop("dont_cache", None)
        _forget_uninspected(request)
        left = self._pauses.left(_slot(request))
        return self._wait(left) if left else None

    async def _wait(self, seconds: float) -> None:
        await sleep(seconds)
        if self._stopped:
            raise Withheld(None, self._stopped)

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Response | Request:
        if urlparse_cached(request).scheme in self._direct:
            return response
        request.headers.pop("Proxy-Authorization", None)
        answer = read(response)
        if "cached" in response.flags:
            return response if answer.may_be_kept else self._anew(request)
        if response.status == 407 and answer.action != "pass":  # the gateway's, or of a proxy before it; no origin's
            raise self._stop(request, response, answer.reason or "bad-credentials")
        if not answer.is_gateways:
            return self._strange(request, response)
        if not answer.reason:
            return self._passed(request, response, answer)
        if answer.reason in OF_THE_JOB:
            raise self._stop(request, response, answer.reason)
        if answer.reason in OF_THE_ORIGIN:
            return _uncached(request, response)
        if answer.reason in PASSING_STATES and (again := self._later(request, answer)):
            return again
        withheld = self._withheld(request, Withheld(response, answer.reason, answer.record))
        if self._is_wanted(request):
            request.meta["handle_httpstatus_all"] = request.meta["dont_retry"] = True
            return _uncached(request, response)
        raise withheld

    def process_exception(self, request: Request, exception: Exception, spider: Any = None) -> None:
        """A refused tunnel is an answer; the retries, nearer to the spider, would ask again."""
        request.headers.pop("Proxy-Authorization", None)
        reason = "" if isinstance(exception, Withheld) else reason_of(exception)
        if browser.was_refused(request):
            reason = "bad-credentials"
        if reason in OF_THE_JOB:
            raise self._stop(request, None, reason) from exception
        if reason:
            raise self._withheld(request, Withheld(None, reason)) from exception

    def _passed(self, request: Request, response: Response, answer: Answer) -> Response:
        self._inc("facegate/passed")
        if answer.observed:  # it would have been withheld
            self._inc("facegate/observed")
        elif answer.action == "redact":
            self._inc("facegate/redacted")
        elif answer.verdict == "faces":
            self._inc("facegate/faces")
        return response if answer.may_be_kept else _uncached(request, response)

    def _strange(self, request: Request, response: Response) -> Response:
        """It has none of the gateway's words on it, which every answer of the gateway has."""
        if response.status >= 500:  # of a load balancer before it: without its body, and for Scrapy's own retries
            return _uncached(request, response.replace(body=b""))
        raise self._withheld(request, Withheld(None, "uninspected"))

    def _anew(self, request: Request) -> Request:
        """Something in a cache that never came through the gateway, or through another job's scope."""
        self._inc("facegate/cache/refused")
        return request.replace(dont_filter=True, meta=request.meta | {"dont_cache": True, "_facegate_uncached": True})

    def _later(self, request: Request, answer: Answer) -> Request | None:
        """The request for another attempt, whose host waits until then; None when it was tried often enough."""
        attempt = request.meta.get("facegate_retry_times", 0) + 1
        if self._stopped or request.meta.get("dont_retry"):
            return None
        if attempt > self._retry_times:
            self._inc("facegate/retry/max_reached")
            return None
        wait = self._pauses.begin(_slot(request), answer.retry_after, attempt)
        self._inc("facegate/retry/count")
        self._inc(f"facegate/retry/reason_count/{self._label(answer.reason)}")
        logger.debug("The gateway says %s; %s waits %.0f s", answer.reason, _slot(request), wait)
        return request.replace(dont_filter=True, meta=request.meta | {"facegate_retry_times": attempt})

    def _withheld(self, request: Request, withheld: Withheld) -> Withheld:
        self._inc("facegate/withheld")
        self._inc(f"facegate/withheld/{self._label(withheld.reason)}")
        logger.debug("%s: %s", withheld, request)
        self._crawler.signals.send_catch_log(
            withheld_signal, request=request, withheld=withheld, spider=self._crawler.spider
        )
        return withheld

    def _stop(self, request: Request, response: Response | None, reason: str) -> Withheld:
        """Said once, however many requests were under way."""
        if not self._stopped:
            self._stopped = reason
            logger.error("The crawl stops: %s", _STOPS[reason])
            close_spider(self._crawler, f"facegate_{reason.replace('-', '_')}")
        return self._withheld(request, Withheld(response, reason))

    def _is_wanted(self, request: Request) -> bool:
        """The spider wants withheld responses in its callbacks: for this request, or at all. Pipelines have none."""
        at_all = request.callback is not NO_CALLBACK and getattr(self._crawler.spider, "handle_facegate", False)
        return bool(request.meta.get("handle_facegate", at_all))

    def _label(self, reason: str) -> str:
        if len(self._reasons) < MOST_REASONS:
            self._reasons.add(reason)
        return reason if reason in self._reasons else "other"

    def _inc(self, name: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(name)


def close_spider(crawler: Crawler, reason: str) -> None:
    """Begins to close it; requests under way come to their end."""
    engine = crawler.engine
    assert engine is not None
    if hasattr(engine, "close_spider_async"):  # 2.14
        deferred_from_coro(engine.close_spider_async(reason=reason))
    else:
        engine.close_spider(crawler.spider, reason)  # type: ignore[arg-type]  # there is one


def _slot(request: Request) -> str:
    return str(request.meta.get("download_slot") or urlparse_cached(request).hostname or "")


def _uncached(request: Request, response: Response) -> Response:
    """Scrapy's cache leaves it alone. Should this request be made again, the mark comes off at its way out."""
    if not request.meta.get("dont_cache"):
        request.meta["dont_cache"] = request.meta["_facegate_uncached"] = True
    return response


def _forget_uninspected(request: Request) -> None:
    """What a cache would have confirmed by a 304 has to be had whole, unless it came through the gateway."""
    cached = request.meta.get("cached_response")
    if cached is not None and not read(cached).may_be_kept:
        del request.meta["cached_response"]
        for name in ("If-None-Match", "If-Modified-Since"):
            request.headers.pop(name, None)
