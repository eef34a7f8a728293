"""One line in ADDONS sends every request through the gateway."""

import logging

from scrapy.settings import BaseSettings

from scrapy_facegate import browser, streaming
from scrapy_facegate.errors import NoGateway
from scrapy_facegate.feed import WithheldFeed
from scrapy_facegate.gateway import FOUND, Gateway, find, force
from scrapy_facegate.middleware import FacegateMiddleware
from scrapy_facegate.registration import register
from scrapy_facegate.summary import Summary

logger = logging.getLogger(__name__)

# The last before the network: nearer to it than HttpCacheMiddleware (900), which must store neither credentials nor
# what was withheld, and than RetryMiddleware (550) and RedirectMiddleware (600), which must not see it.
PRIORITY = 950

_SCRAPYS_OWN = frozenset(
    {
        "scrapy.core.downloader.handlers.http.HTTPDownloadHandler",
        "scrapy.core.downloader.handlers.http.HTTP11DownloadHandler",
        "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler",
    }
)
_TRUSTING = {
    **dict.fromkeys(_SCRAPYS_OWN, "scrapy_facegate.trust.GatewayHandler"),
    **streaming.TRUSTING,
    browser.HANDLER: "scrapy_facegate.playwright.GatewayPlaywrightHandler",
}

_INSTEAD = "set SSL_CERT_FILE, and DOWNLOAD_VERIFY_CERTIFICATES = True"


class FacegateAddon:
    def update_settings(self, settings: BaseSettings) -> None:
        """Raises NoGateway, and the crawl does not start."""
        if not settings.getbool("FACEGATE_ENABLED", True):
            logger.warning("FACEGATE_ENABLED is off: this crawl does not go through the gateway")
            return
        gateway = register(settings, find(settings))
        force(settings, FOUND, gateway)
        _add(settings, "DOWNLOADER_MIDDLEWARES", FacegateMiddleware, PRIORITY)
        _add(settings, "EXTENSIONS", WithheldFeed, 0)
        _add(settings, "EXTENSIONS", Summary, 0)
        if browser.HANDLER in _handlers(settings).values() or settings.get("PLAYWRIGHT_BROWSER_TYPE"):
            browser.update_settings(settings, gateway)
        _trust(settings, gateway)


def _add(settings: BaseSettings, setting: str, component: type, place: int) -> None:
    components = settings.getdict(setting)
    components.setdefault(component, place)  # where the project put it, it stays
    force(settings, setting, components)


def _handlers(settings: BaseSettings) -> dict[str, object]:
    """What downloads http and https."""
    known = {**settings.getdict("DOWNLOAD_HANDLERS_BASE"), **settings.getdict("DOWNLOAD_HANDLERS")}
    if not settings.getbool("TWISTED_REACTOR_ENABLED", True):  # Scrapy then takes others for its own, later on
        instead = streaming.without_a_reactor()
        known = {scheme: instead if handler in _SCRAPYS_OWN else handler for scheme, handler in known.items()}
    return {scheme: known.get(scheme) for scheme in ("http", "https")}


def _trust(settings: BaseSettings, gateway: Gateway) -> None:
    """Certificates are checked where FACEGATE_CA names the gateway's authority; else Scrapy checks none by default."""
    handlers = _handlers(settings)
    if gateway.address.startswith("https:") and handlers["https"] in {*_SCRAPYS_OWN, browser.HANDLER}:
        raise NoGateway(
            "FACEGATE_PROXY_URL begins with https://, and Scrapy speaks plain HTTP to proxies; write http://"
        )
    if not gateway.ca:
        logger.info("Certificates are not checked against the gateway's authority; FACEGATE_CA names its file")
        return
    known = settings.getdict("DOWNLOAD_HANDLERS")
    for scheme, handler in handlers.items():
        if handler in _TRUSTING:
            known[scheme] = _TRUSTING[handler]
        else:
            logger.warning("FACEGATE_CA does not reach %s, which downloads %s: %s", handler, scheme, _INSTEAD)
    force(settings, "DOWNLOAD_HANDLERS", known)
