"""A file with one JSON object for each response that was withheld: where, why and under which record. No byte of it."""

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit, urlunsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from scrapy_facegate.answers import read
from scrapy_facegate.errors import Withheld
from scrapy_facegate.gateway import option
from scrapy_facegate.middleware import withheld_signal


class WithheldFeed:
    """FACEGATE_FEED is the file, with %(name)s for the spider's name and %(time)s for when it began; it is added to."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: TextIO | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "WithheldFeed":
        path = option(crawler.settings, "FACEGATE_FEED")
        if not path:
            raise NotConfigured
        feed = cls(path)
        crawler.signals.connect(feed.opened, signals.spider_opened)
        crawler.signals.connect(feed.withheld, withheld_signal)
        crawler.signals.connect(feed.closed, signals.spider_closed)
        return feed

    def opened(self, spider: Spider) -> None:
        began = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H-%M-%S")
        path = Path(self._path % {"name": spider.name, "time": began})
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", encoding="utf-8")

    def withheld(self, request: Request, withheld: Withheld) -> None:
        if self._file:
            self._file.write(json.dumps(line(request, withheld)) + "\n")

    def closed(self) -> None:
        if self._file:
            self._file.close()
            self._file = None


def line(request: Request, withheld: Withheld) -> dict[str, Any]:
    """`status` is 0 where there was no answer. The URL is without userinfo, which may be a password, and fragment."""
    parts = urlsplit(request.url)
    said = read(withheld.response) if withheld.response is not None else None
    return {
        "url": urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="")),
        "reason": withheld.reason,
        "action": said.action if said else "",
        "status": said.status if said else 0,
        "record": withheld.record,
    }
