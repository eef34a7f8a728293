"""Requests go through the gateway; what it withheld is counted, never retried, and told apart from real failures.

The gateway's address comes from the environment variable FACEGATE_PROXY_URL or the setting of that name, with the
job's credentials in it: http://JOB:TOKEN@gateway:8080.
"""

import os
import re
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured, UsageError
from scrapy.http import Response

SETTING = "FACEGATE_PROXY_URL"
# Failures of the moment: the origin or the gateway may answer the next time, so Scrapy's own retries handle them.
_PASSING = frozenset({"overloaded", "origin-unreachable", "vault-failed", "state-failed", "ledger-failed"})
# How Scrapy's download handlers report a CONNECT that was answered with another status than 200: its own with a
# TunnelError ("[{'status': 403, ...}]"), the one on httpx with "403 Forbidden". By name, as Scrapy 2.13 has not both.
_TUNNEL_ERRORS = frozenset({"TunnelError", "DownloadConnectionRefusedError"})
_CONNECT_STATUS = re.compile(r"(?:'status': |^)(403|407)\b")
# The answer's head is lost by then, and with it the gateway's own word for it.
_CONNECT_REASONS = {"403": "tunnel-refused", "407": "bad-credentials"}


class Withheld(IgnoreRequest):
    """The gateway withheld a response, or refused a request.

    `reason` is one of its public reasons, or "tunnel-refused" where an https:// request was refused (an address, a
    port or a job that may not); then there is no `response`. `record` is the quarantine's id or "".
    """

    def __init__(self, response: Response | None, reason: str, record: str) -> None:
        super().__init__(f"withheld: {reason}" + (f" (record {record})" if record else ""))
        self.response = response
        self.reason = reason
        self.record = record


class NoGateway(UsageError):
    """The add-on is there, the gateway's address is not. The crawl does not start."""


class FacegateMiddleware:
    def __init__(self, crawler: Crawler, proxy: str) -> None:
        self._crawler = crawler
        self._proxy = proxy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "FacegateMiddleware":
        """Raises NoGateway: a component that switched itself off would let the crawl go on, past the gate."""
        if not crawler.settings.getbool("FACEGATE_ENABLED", True):
            raise NotConfigured("FACEGATE_ENABLED is off")
        proxy = os.environ.get(SETTING) or crawler.settings.get(SETTING)
        if not proxy:
            raise NoGateway(f"set {SETTING} to http://JOB:TOKEN@HOST:PORT (or FACEGATE_ENABLED = False to go without)")
        return cls(crawler, proxy)

    def process_request(self, request: Request, spider: Any = None) -> None:
        request.meta["proxy"] = self._proxy

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Response:
        reason = _text(response, "Facegate-Reason")
        if response.status == 407:  # the gateway's own, or of a proxy before it
            reason = reason or "bad-credentials"
        if not reason or reason in _PASSING:
            if _text(response, "Facegate-Action") == "redact":
                self._inc("facegate/redacted")
            if _text(response, "Facegate-Observed"):  # it would have been withheld
                self._inc("facegate/observed")
            return response
        self._count(reason)
        raise Withheld(response, reason, _text(response, "Facegate-Record"))

    def process_exception(self, request: Request, exception: Exception, spider: Any = None) -> None:
        """A refused tunnel is an answer; the retries, farther from the network, would ask again."""
        if type(exception).__name__ in _TUNNEL_ERRORS and (status := _CONNECT_STATUS.search(str(exception))):
            reason = _CONNECT_REASONS[status[1]]
            self._count(reason)
            raise Withheld(None, reason, "") from exception

    def _count(self, reason: str) -> None:
        self._inc("facegate/withheld")
        self._inc(f"facegate/withheld/{reason}")

    def _inc(self, name: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(name)


def _text(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")
