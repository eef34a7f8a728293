"""One line in ADDONS sends every request through the gateway."""

from scrapy.settings import BaseSettings

from scrapy_facegate.middleware import FacegateMiddleware

# Nearer to the crawler than HttpProxyMiddleware (750), which turns the proxy URL into credentials; nearer to the
# network than RetryMiddleware (550) and RedirectMiddleware (600), which must not see what was withheld.
PRIORITY = 740


class FacegateAddon:
    def update_settings(self, settings: BaseSettings) -> None:
        middlewares = settings.getdict("DOWNLOADER_MIDDLEWARES")
        middlewares.setdefault(FacegateMiddleware, PRIORITY)
        settings.set("DOWNLOADER_MIDDLEWARES", middlewares, priority="addon")
