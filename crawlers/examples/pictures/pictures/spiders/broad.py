"""An untargeted broad crawl: pages of any host, and the pictures on them that bear no face."""

from typing import ClassVar

import scrapy

from pictures.links import PICTURES, pages_and_files, start_urls, suffix


class BroadSpider(scrapy.Spider):
    """`scrapy crawl broad`: from PICTURES_START on, wherever the links lead, three links deep."""

    name = "broad"
    custom_settings: ClassVar = {
        "ITEM_PIPELINES": {"scrapy_facegate.pipelines.FacegateImagesPipeline": 1},
        "DEPTH_LIMIT": 3,
        # as Scrapy's documentation advises for broad crawls
        "SCHEDULER_PRIORITY_QUEUE": "scrapy.pqueues.DownloaderAwarePriorityQueue",
        "CONCURRENT_REQUESTS": 100,
        "COOKIES_ENABLED": False,
        "LOG_LEVEL": "INFO",
    }

    async def start(self):
        for url in start_urls(["http://localhost:8000/"]):
            yield scrapy.Request(url)

    def parse(self, response):
        pages, files = pages_and_files(response)
        pictures = [url for url in files if suffix(url) in PICTURES]
        if pictures:
            # the pipeline fills `images` with what was stored and `withheld` with what the gateway kept
            yield {"page": response.url, "image_urls": pictures}
        yield from response.follow_all(pages)
