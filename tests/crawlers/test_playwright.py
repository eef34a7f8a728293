from scrapy_facegate.playwright import GatewayPlaywrightHandler
from scrapy_facegate.trust import Trusting
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler


def test_trust_is_set_after_the_handler_of_scrapy_playwright_was_made() -> None:
    order = GatewayPlaywrightHandler.__mro__
    assert order.index(Trusting) < order.index(ScrapyPlaywrightDownloadHandler)
