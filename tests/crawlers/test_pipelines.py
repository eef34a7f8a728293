"""Whole crawls with pipelines are in tests/live/test_scrapy.py."""

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import scrapy
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.pipelines.media import FileException
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler
from scrapy_facegate import Withheld
from scrapy_facegate.pipelines import FacegateFilesPipeline, FacegateImagesPipeline, MediaWithheld
from twisted.python.failure import Failure

REQUEST = Request("http://site.example/face.jpg")


@dataclass
class Bare:
    file_urls: list[str] = field(default_factory=list)
    files: list[Any] = field(default_factory=list)


@pytest.fixture(params=[FacegateFilesPipeline, FacegateImagesPipeline])
def pipeline(request: pytest.FixtureRequest, tmp_path: Path) -> FacegateFilesPipeline:
    crawler: Crawler = get_crawler(scrapy.Spider, {"FILES_STORE": str(tmp_path), "IMAGES_STORE": str(tmp_path)})
    assert isinstance(crawler.settings, Settings)
    return request.param.from_crawler(crawler)


class Info:
    spider = None


def withheld() -> Failure:
    return Failure(MediaWithheld(REQUEST.url, Withheld(None, "faces", "r1")))


def test_what_was_withheld_is_a_failure_that_says_why(pipeline: FacegateFilesPipeline) -> None:
    with pytest.raises(MediaWithheld, match="withheld: faces") as caught:
        pipeline.media_failed(Failure(Withheld(None, "faces", "r1")), REQUEST, Info())
    assert isinstance(caught.value, FileException)
    assert (caught.value.url, caught.value.reason, caught.value.record) == (REQUEST.url, "faces", "r1")


def test_older_scrapy_logs_no_error_for_it(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("scrapy.pipelines.media")
    logger.exception(withheld())
    logger.exception(Failure(FileException("gone")))
    logger.error("%s", withheld())
    assert len(caplog.records) == 2


@pytest.mark.parametrize("other", [IgnoreRequest("robots"), OSError("gone")])
def test_other_failures_are_scrapys(pipeline: FacegateFilesPipeline, other: Exception) -> None:
    with pytest.raises(FileException) as caught:
        pipeline.media_failed(Failure(other), REQUEST, Info())
    assert not isinstance(caught.value, MediaWithheld)


def test_the_item_lists_what_it_lacks(pipeline: FacegateFilesPipeline) -> None:
    results = [(True, {"url": "x"}), (False, withheld()), (False, Failure(FileException("gone")))]
    item = pipeline.item_completed(results, {"name": "page", "withheld": None}, Info())
    assert item["withheld"] == [{"url": REQUEST.url, "reason": "faces", "record": "r1"}]
    again = pipeline.item_completed(results, item, Info())  # another pipeline after it
    assert len(again["withheld"]) == 2
    assert "withheld" not in pipeline.item_completed(results[:1], {"name": "page"}, Info())


def test_an_item_without_such_a_field_stays_as_it_is(pipeline: FacegateFilesPipeline) -> None:
    assert pipeline.item_completed([(False, withheld())], Bare(), Info()) == Bare()
