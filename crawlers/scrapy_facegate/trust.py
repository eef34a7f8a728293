"""Certificates are checked against the gateway's authority, and no other.

Scrapy checks none by default. Here all TLS is the gateway's: an https:// page whose certificate somebody else signed
came around the gateway, and is refused.
"""

from typing import Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from twisted.internet.ssl import Certificate, optionsForClientTLS, trustRootFromCertificates
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

from scrapy_facegate.gateway import Gateway, find


@implementer(IPolicyForHTTPS)
class GatewayTrust:
    """Twisted's choice of certificates for a connection. Names are checked, too."""

    def __init__(self, gateway: Gateway) -> None:
        """`gateway.ca` may not be empty."""
        self._root = trustRootFromCertificates([Certificate.loadPEM(pem.encode()) for pem in gateway.certificates])

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802  # Twisted's name for it
        return optionsForClientTLS(hostname.decode("ascii"), trustRoot=self._root)


class Trusting:
    """Goes before a handler that is Scrapy's own or made of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        crawler: Crawler = kwargs.get("crawler") or args[-1]  # 2.13 hands over the settings, too
        if not hasattr(self, "_contextFactory"):
            raise NotImplementedError(
                "this Scrapy checks certificates in another way; use an older one, or another scrapy-facegate"
            )
        self._contextFactory = GatewayTrust(find(crawler.settings))


class GatewayHandler(Trusting, HTTP11DownloadHandler):  # type: ignore[misc]  # _contextFactory is a policy in both
    """Scrapy's default handler for http:// and https://."""
