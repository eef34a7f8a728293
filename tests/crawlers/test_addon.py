import scrapy
from scrapy.addons import AddonManager
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.settings import Settings
from scrapy_facegate import FacegateAddon, FacegateMiddleware
from scrapy_facegate.addon import PRIORITY


def test_one_line_wires_the_middleware() -> None:
    crawler = Crawler(scrapy.Spider, Settings({"ADDONS": {"scrapy_facegate.FacegateAddon": 100}}))
    AddonManager(crawler).load_settings(crawler.settings)
    assert crawler.settings.getwithbase("DOWNLOADER_MIDDLEWARES")[FacegateMiddleware] == PRIORITY


def test_it_stands_between_the_retries_and_the_proxy_credentials() -> None:
    base = Settings()["DOWNLOADER_MIDDLEWARES_BASE"]
    place = {name.rpartition(".")[2]: number for name, number in base.items()}
    assert place[RetryMiddleware.__name__] < PRIORITY < place[HttpProxyMiddleware.__name__]


def test_a_place_that_the_project_chose_is_left_to_it() -> None:
    settings = Settings({"DOWNLOADER_MIDDLEWARES": {FacegateMiddleware: 745}})
    FacegateAddon().update_settings(settings)
    assert settings.getdict("DOWNLOADER_MIDDLEWARES")[FacegateMiddleware] == 745
