"""Real handshakes are in tests/live/test_scrapy_ways.py."""

import ssl
from pathlib import Path

import pytest
import scrapy
from facegate import ca
from scrapy.crawler import Crawler
from scrapy.settings import Settings
from scrapy.utils.misc import load_object
from scrapy_facegate import streaming
from scrapy_facegate.gateway import FOUND, Gateway
from scrapy_facegate.streaming import TRUSTING, TrustingContext


@pytest.fixture(scope="module")
def crawler(tmp_path_factory: pytest.TempPathFactory) -> Crawler:
    folder: Path = tmp_path_factory.mktemp("ca")
    ca.prepare(folder)
    return Crawler(scrapy.Spider, Settings({FOUND: Gateway("http://gw:1", ca=ca.certificate_path(folder).read_text())}))


class Handler:
    """As Scrapy makes its contexts, where it is not told to check."""

    def __init__(self, crawler: Crawler) -> None:
        self._ssl_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._ssl_context.check_hostname = False
        self._ssl_context.verify_mode = ssl.CERT_NONE


class Checking(TrustingContext, Handler):
    pass


def test_the_context_trusts_the_gateways_authority_alone(crawler: Crawler) -> None:
    context = Checking(crawler)._ssl_context
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert len(context.get_ca_certs()) == 1


def test_a_scrapy_that_checks_in_another_way_is_not_taken_for_checking(crawler: Crawler) -> None:
    class Later:
        def __init__(self, crawler: Crawler) -> None:
            pass

    with pytest.raises(NotImplementedError, match="another way"):
        type("Checking", (TrustingContext, Later), {})(crawler)


def test_each_is_made_of_scrapys_own() -> None:
    for theirs, ours in TRUSTING.items():
        assert issubclass(load_object(ours), load_object(theirs))
    assert streaming.without_a_reactor() in TRUSTING
    with pytest.raises(AttributeError, match="GatewayCurlHandler"):
        _ = streaming.GatewayCurlHandler
