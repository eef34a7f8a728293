"""Walks one site and tells of each resource what arrived, or why it was withheld."""

import hashlib
from urllib.parse import urlsplit

import scrapy

from scrapy_facegate import Withheld

LINKS = "a::attr(href), img::attr(src), link::attr(href), script::attr(src)"


class SiteSpider(scrapy.Spider):
    """`scrapy crawl site -a start=https://example.org/`: every page, picture, style and script of that host."""

    name = "site"

    def __init__(self, start: str, **arguments: object) -> None:
        super().__init__(**arguments)
        self.start_urls = [start]
        self.allowed_domains = [urlsplit(start).hostname]

    async def start(self):
        for url in self.start_urls:
            yield scrapy.Request(url, self.parse, errback=self.missed)

    def parse(self, response):
        yield {"url": response.url, "size": len(response.body), "sha256": hashlib.sha256(response.body).hexdigest()}
        if isinstance(response, scrapy.http.HtmlResponse):
            for link in response.css(LINKS):
                yield response.follow(link, self.parse, errback=self.missed)

    def missed(self, failure):
        item = {"url": failure.request.url}
        if failure.check(Withheld):
            yield item | {"withheld": failure.value.reason, "record": failure.value.record}
        else:
            yield item | {"failed": failure.getErrorMessage()}
