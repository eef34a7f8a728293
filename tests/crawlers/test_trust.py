"""Real handshakes are in tests/live/test_scrapy.py."""

from pathlib import Path

import pytest
from facegate import ca
from OpenSSL import SSL
from scrapy_facegate.gateway import Gateway
from scrapy_facegate.trust import GatewayTrust, Trusting
from twisted.web.iweb import IPolicyForHTTPS


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Gateway:
    folder: Path = tmp_path_factory.mktemp("ca")
    ca.prepare(folder)
    return Gateway("http://gw:1", ca=ca.certificate_path(folder).read_text())


def test_it_is_a_policy_that_scrapy_takes_and_checks(gateway: Gateway) -> None:
    trust = GatewayTrust(gateway)
    assert IPolicyForHTTPS.providedBy(trust)
    options = trust.creatorForNetloc(b"site.example", 443)
    context = options._ctx if hasattr(options, "_ctx") else options._createConnection.__self__.getContext()
    assert context.get_verify_mode() & SSL.VERIFY_PEER


class LaterHandler:
    """As a Scrapy may have it that chooses certificates elsewhere."""

    def __init__(self, crawler: object) -> None:
        pass


class TrustingLater(Trusting, LaterHandler):
    pass


def test_a_scrapy_that_checks_in_another_way_is_not_taken_for_checking() -> None:
    with pytest.raises(NotImplementedError, match="another way"):
        TrustingLater(crawler=object())
