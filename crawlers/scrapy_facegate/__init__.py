"""Crawl through a facegate gateway: `ADDONS = {"scrapy_facegate.FacegateAddon": 100}`."""

from scrapy_facegate.addon import FacegateAddon
from scrapy_facegate.errors import NoGateway, Withheld
from scrapy_facegate.middleware import FacegateMiddleware, withheld_signal

__all__ = ["FacegateAddon", "FacegateMiddleware", "NoGateway", "Withheld", "withheld_signal"]
