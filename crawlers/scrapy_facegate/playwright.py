"""scrapy-playwright's handler, whose requests without a browser trust the gateway's authority alone."""

from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from scrapy_facegate.trust import Trusting


class GatewayPlaywrightHandler(Trusting, ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """In its place where FACEGATE_CA is set."""
