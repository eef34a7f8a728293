"""A spider that asks for each URL it is given, in its way, and tells what became of it. Run by `scrapy runspider`."""

import json

import scrapy
from scrapy_facegate import Withheld


class Behaviours(scrapy.Spider):
    """`-a ask='{"name": {"url": ..., "meta": {...}}}'`"""

    name = "behaviours"

    def __init__(self, ask: str = "{}", **arguments: object) -> None:
        super().__init__(**arguments)
        self.ask = json.loads(ask)

    async def start(self):
        for name, how in self.ask.items():
            yield scrapy.Request(
                how["url"],
                self.parse,
                errback=self.missed,
                meta=how.get("meta", {}),
                cb_kwargs={"name": name},
                dont_filter=True,
                priority=how.get("priority", 0),
            )

    def parse(self, response, name):
        yield {
            "name": name,
            "status": response.status,
            "type": response.headers.get("Content-Type", b"").decode(),
            "size": len(response.body),
            "cached": "cached" in response.flags,
            "credentials": "Proxy-Authorization" in response.request.headers,
            "attempts": response.meta.get("facegate_retry_times", 0),
        }

    def missed(self, failure):
        item = {"name": failure.request.cb_kwargs["name"], "failed": failure.getErrorMessage()}
        if failure.check(Withheld):
            withheld = failure.value
            item |= {"withheld": withheld.reason, "record": withheld.record, "problem": withheld.problem}
        yield item
