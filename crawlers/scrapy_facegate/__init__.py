"""Crawl through a facegate gateway: `ADDONS = {"scrapy_facegate.FacegateAddon": 100}`."""

from scrapy_facegate.addon import FacegateAddon
from scrapy_facegate.middleware import FacegateMiddleware, NoGateway, Withheld

__all__ = ["FacegateAddon", "FacegateMiddleware", "NoGateway", "Withheld"]
