import logging

import pytest
import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.settings import Settings
from scrapy.statscollectors import MemoryStatsCollector
from scrapy_facegate.summary import Summary, told


def test_a_line_says_what_passed_and_why_the_rest_did_not() -> None:
    stats = {
        "facegate/passed": 120,
        "facegate/redacted": 2,
        "facegate/withheld": 14,
        "facegate/withheld/undecodable": 2,
        "facegate/withheld/faces": 10,
        "facegate/withheld/opaque-text": 2,
        "item_scraped_count": 3,
    }
    assert told(stats) == (
        "The gateway passed 120 (redacted 2) and withheld 14 (faces 10, opaque-text 2, undecodable 2)"
    )
    assert told({}) == "The gateway passed 0 and withheld 0"


def test_it_is_said_when_the_spider_closes(caplog: pytest.LogCaptureFixture) -> None:
    crawler = Crawler(scrapy.Spider, Settings())
    crawler.stats = MemoryStatsCollector(crawler)
    summary = Summary.from_crawler(crawler)
    with caplog.at_level(logging.INFO):
        crawler.signals.send_catch_log(signals.spider_closed, spider=scrapy.Spider("news"), reason="finished")
    assert summary is not None
    assert caplog.messages == ["The gateway passed 0 and withheld 0"]
