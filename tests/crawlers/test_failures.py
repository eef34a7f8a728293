import pytest
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy_facegate.failures import reason_of


class DownloadConnectionRefusedError(Exception):
    """As Scrapy's handler on httpx raises it; older Scrapy has none."""


class BrowserError(Exception):
    """As Playwright raises it."""

    __module__ = "playwright._impl._errors"


@pytest.mark.parametrize(
    ("exception", "reason"),
    [
        (
            TunnelError("Could not open CONNECT tunnel with proxy gw:1 [{'status': 403, 'reason': b'x'}]"),
            "tunnel-refused",
        ),
        (
            TunnelError("Could not open CONNECT tunnel with proxy gw:1 [{'status': 407, 'reason': b'x'}]"),
            "bad-credentials",
        ),
        (DownloadConnectionRefusedError("403 Forbidden"), "tunnel-refused"),
        (BrowserError("Page.goto: net::ERR_TUNNEL_CONNECTION_FAILED at https://site.example/"), "tunnel-refused"),
        (BrowserError("Page.goto: net::ERR_INVALID_AUTH_CREDENTIALS at https://site.example/"), "bad-credentials"),
        (OSError("[('SSL routines', '', 'certificate verify failed')]"), "untrusted-certificate"),
        (TunnelError("Could not open CONNECT tunnel with proxy gw:403 [{'status': 502, 'reason': b'403'}]"), ""),
        (DownloadConnectionRefusedError("Connection refused"), ""),
        (OSError("403 Forbidden"), ""),
        (OSError("net::ERR_TUNNEL_CONNECTION_FAILED"), ""),
    ],
)
def test_what_a_failure_means(exception: Exception, reason: str) -> None:
    assert reason_of(exception) == reason


class ClientHttpProxyError(Exception):
    """As aiohttp raises it, below Scrapy's DownloadFailedError."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status}, message='x'")
        self.status = status


@pytest.mark.parametrize(("status", "reason"), [(403, "tunnel-refused"), (407, "bad-credentials"), (502, "")])
def test_a_tunnel_is_refused_to_aiohttp_too(status: int, reason: str) -> None:
    failed = RuntimeError("download failed")
    failed.__cause__ = ClientHttpProxyError(status)
    assert reason_of(failed) == reason


def test_the_cause_counts_too() -> None:
    failed = RuntimeError("download failed")
    failed.__cause__ = OSError("certificate verify failed")
    assert reason_of(failed) == "untrusted-certificate"
