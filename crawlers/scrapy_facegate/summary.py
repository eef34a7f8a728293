"""One line in the log when the spider closes: what passed, and what was withheld for which reason."""

import logging
from collections.abc import Mapping
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

_WITHHELD = "facegate/withheld/"
_OF_THE_PASSED = ("redacted", "faces", "observed")


class Summary:
    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Summary":
        summary = cls(crawler)
        crawler.signals.connect(summary.closed, signals.spider_closed)
        return summary

    def closed(self) -> None:
        assert self._crawler.stats is not None
        logger.info("%s", told(self._crawler.stats.get_stats()))


def told(stats: Mapping[str, Any]) -> str:
    passed, withheld = stats.get("facegate/passed", 0), stats.get("facegate/withheld", 0)
    among = [f"{word} {number}" for word in _OF_THE_PASSED if (number := stats.get(f"facegate/{word}"))]
    reasons = {name.removeprefix(_WITHHELD): number for name, number in stats.items() if name.startswith(_WITHHELD)}
    most_first = sorted(reasons.items(), key=lambda reason: (-reason[1], reason[0]))
    why = [f"{reason} {number}" for reason, number in most_first]
    return f"The gateway passed {passed}{_brackets(among)} and withheld {withheld}{_brackets(why)}"


def _brackets(words: list[str]) -> str:
    return f" ({', '.join(words)})" if words else ""
