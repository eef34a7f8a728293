"""Searches for given persons: a job with a targeted scope, registered when the crawl begins, and only on its hosts."""

import os
from pathlib import Path
from typing import ClassVar

import scrapy

from pictures.links import pages_and_files, start_urls
from scrapy_facegate.registration import read_job

JOBS = Path(__file__).parents[2] / "jobs"


class TargetedSpider(scrapy.Spider):
    """What it may see is for the gateway to say; that it stays on the job's hosts spares requests that get no faces."""

    job_file: Path
    custom_settings: ClassVar = {
        "ITEM_PIPELINES": {"scrapy_facegate.pipelines.FacegateFilesPipeline": 1},  # as they are, as evidence has to be
        "LOG_LEVEL": "INFO",
    }

    @classmethod
    def job(cls):
        """The path of the job's file: that of the environment, as the add-on has it, or the spider's own."""
        return os.environ.get("FACEGATE_REGISTER") or cls.job_file

    @classmethod
    def update_settings(cls, settings):
        super().update_settings(settings)
        if os.environ.get("FACEGATE_API_TOKEN"):  # else the job is registered already
            settings.set("FACEGATE_REGISTER", str(cls.job()), priority="spider")

    def __init__(self, **arguments):
        super().__init__(**arguments)
        hosts = read_job(self.job())["scope"]["hosts"]
        self.allowed_domains = [host.removeprefix("*.") for host in hosts]
        self.first = [f"https://{host}/" for host in hosts if not host.startswith("*")]

    async def start(self):
        for url in start_urls(self.first):
            yield scrapy.Request(url)

    def parse(self, response):
        pages, files = pages_and_files(response)
        if files:
            yield {"page": response.url, "file_urls": files}
        yield from response.follow_all(pages)


class IndividualSpider(TargetedSpider):
    """`scrapy crawl individual`: public sightings of one missing person."""

    name = "individual"
    job_file = JOBS / "individual.toml"


class GroupSpider(TargetedSpider):
    """`scrapy crawl group`: pictures in which members of one crew agreed to be found."""

    name = "group"
    job_file = JOBS / "group.toml"
