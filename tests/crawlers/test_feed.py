import json
import re
from pathlib import Path

import pytest
import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy_facegate import Withheld, withheld_signal
from scrapy_facegate.feed import WithheldFeed, line

HEAD = {"Facegate-Action": "quarantine", "Facegate-Reason": "faces", "Facegate-Record": "r1"}


def test_a_line_says_where_why_and_which_record_and_no_secrets() -> None:
    request = Request("https://user:secret@site.example:8443/face.jpg?size=1#top", cookies={"session": "secret"})
    answer = Response(request.url, 451, HEAD, b'{"detail": "body"}')
    assert line(request, Withheld(answer, "faces", "r1")) == {
        "url": "https://site.example:8443/face.jpg?size=1",
        "reason": "faces",
        "action": "quarantine",
        "status": 451,
        "record": "r1",
    }
    none = line(request, Withheld(None, "tunnel-refused"))
    assert (none["reason"], none["action"], none["status"], none["record"]) == ("tunnel-refused", "", 0, "")


def test_it_is_written_as_the_crawl_goes_and_added_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEGATE_FEED", str(tmp_path / "deep" / "%(name)s-%(time)s.jsonl"))
    crawler = Crawler(scrapy.Spider, Settings())
    feed = WithheldFeed.from_crawler(crawler)
    spider = scrapy.Spider("news")
    told = {"request": Request("http://site.example/"), "withheld": Withheld(None, "uninspected"), "spider": spider}
    crawler.signals.send_catch_log(signals.spider_opened, spider=spider)
    crawler.signals.send_catch_log(withheld_signal, **told)
    crawler.signals.send_catch_log(signals.spider_closed, spider=spider, reason="finished")
    crawler.signals.send_catch_log(withheld_signal, **told)  # one that came late
    (file,) = (tmp_path / "deep").iterdir()
    assert re.fullmatch(r"news-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.jsonl", file.name)
    assert [json.loads(text)["reason"] for text in file.read_text().splitlines()] == ["uninspected"]
    assert feed._file is None


def test_nobody_asked_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FACEGATE_FEED", raising=False)
    with pytest.raises(NotConfigured):
        WithheldFeed.from_crawler(Crawler(scrapy.Spider, Settings()))
