# /// script
# dependencies = ["crawlee[httpx]>=1"]
# ///
"""`uv run with_crawlee.py URL...` crawls them with Crawlee, and prints "STATUS REASON URL" for each."""

import asyncio
import os
import ssl
import sys

from crawlee import ConcurrencySettings
from crawlee.crawlers import HttpCrawler, HttpCrawlingContext
from crawlee.http_clients import HttpxHttpClient
from crawlee.proxy_configuration import ProxyConfiguration
from crawlee.storage_clients import MemoryStorageClient


async def main(urls: list[str]) -> None:
    trust = ssl.create_default_context(cafile=os.environ["FACEGATE_CA"])
    crawler = HttpCrawler(
        http_client=HttpxHttpClient(verify=trust, trust_env=False),  # the default client has its own authorities
        proxy_configuration=ProxyConfiguration(proxy_urls=[os.environ["FACEGATE_PROXY_URL"]]),
        ignore_http_error_status_codes=[451],  # an answer for the handler, not a failure
        storage_client=MemoryStorageClient(),
        concurrency_settings=ConcurrencySettings(desired_concurrency=2, max_concurrency=8),
        configure_logging=False,
    )

    @crawler.router.default_handler
    async def tell(context: HttpCrawlingContext) -> None:
        answer = context.http_response
        print(answer.status_code, answer.headers.get("facegate-reason", ""), context.request.url)

    await crawler.run(urls)


asyncio.run(main(sys.argv[1:]))
