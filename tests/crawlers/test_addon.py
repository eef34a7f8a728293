import logging
from pathlib import Path

import pytest
import scrapy
from facegate import ca
from scrapy.addons import AddonManager
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcache import HttpCacheMiddleware
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.settings import Settings
from scrapy.utils.misc import load_object
from scrapy_facegate import FacegateAddon, FacegateMiddleware, NoGateway, browser
from scrapy_facegate.addon import PRIORITY
from scrapy_facegate.gateway import FOUND
from scrapy_facegate.streaming import TrustingContext
from scrapy_facegate.trust import Trusting

PROXY = {"FACEGATE_PROXY_URL": "http://job:token@gw:1"}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FACEGATE_PROXY_URL", "FACEGATE_JOB", "FACEGATE_TOKEN", "FACEGATE_TOKEN_FILE", "FACEGATE_CA"):
        monkeypatch.delenv(name, raising=False)


def updated(**settings: object) -> Settings:
    said = Settings(settings)
    FacegateAddon().update_settings(said)
    return said


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("ca")
    ca.prepare(folder)
    return str(ca.certificate_path(folder))


def test_one_line_wires_the_middleware() -> None:
    crawler = Crawler(scrapy.Spider, Settings({"ADDONS": {"scrapy_facegate.FacegateAddon": 100}} | PROXY))
    AddonManager(crawler).load_settings(crawler.settings)
    assert crawler.settings.getwithbase("DOWNLOADER_MIDDLEWARES")[FacegateMiddleware] == PRIORITY
    assert crawler.settings[FOUND].job == "job"


def test_it_is_there_beside_the_projects_own_and_the_command_lines() -> None:
    settings = Settings({"DOWNLOADER_MIDDLEWARES": {"mine.Middleware": 500}} | PROXY)
    settings.set("DOWNLOADER_MIDDLEWARES", {"mine.Other": 501}, "cmdline")
    FacegateAddon().update_settings(settings)
    assert settings.getdict("DOWNLOADER_MIDDLEWARES") == {"mine.Other": 501, FacegateMiddleware: PRIORITY}


def test_it_is_the_last_before_the_network() -> None:
    base = Settings()["DOWNLOADER_MIDDLEWARES_BASE"]
    place = {name.rpartition(".")[2]: number for name, number in base.items()}
    for nearer_to_the_spider in (RetryMiddleware, HttpProxyMiddleware, HttpCacheMiddleware):
        assert place[nearer_to_the_spider.__name__] < PRIORITY


def test_a_place_that_the_project_chose_is_left_to_it() -> None:
    settings = updated(DOWNLOADER_MIDDLEWARES={FacegateMiddleware: 945}, **PROXY)
    assert settings.getdict("DOWNLOADER_MIDDLEWARES")[FacegateMiddleware] == 945


def test_without_an_address_nothing_is_crawled_unless_it_is_off_by_name(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(NoGateway, match="FACEGATE_PROXY_URL"):
        updated()
    with caplog.at_level(logging.WARNING):
        assert not updated(FACEGATE_ENABLED=False).getdict("DOWNLOADER_MIDDLEWARES")
    assert "does not go through the gateway" in caplog.text


def test_an_authority_makes_scrapys_own_handler_check(pem: str) -> None:
    handlers = updated(FACEGATE_CA=pem, **PROXY).getdict("DOWNLOAD_HANDLERS")
    for scheme in ("http", "https"):
        assert issubclass(load_object(handlers[scheme]), HTTP11DownloadHandler)
        assert issubclass(load_object(handlers[scheme]), Trusting)
    assert not updated(**PROXY).getdict("DOWNLOAD_HANDLERS")


def test_a_handler_of_others_is_left_and_told_of(pem: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        settings = updated(FACEGATE_CA=pem, DOWNLOAD_HANDLERS={"https": "mine.Handler"}, **PROXY)
    assert settings.getdict("DOWNLOAD_HANDLERS")["https"] == "mine.Handler"
    assert "FACEGATE_CA does not reach mine.Handler" in caplog.text
    assert "downloads http:" not in caplog.text


def test_without_a_reactor_another_handler_is_scrapys_own(pem: str) -> None:
    handlers = updated(FACEGATE_CA=pem, TWISTED_REACTOR_ENABLED=False, **PROXY).getdict("DOWNLOAD_HANDLERS")
    assert all(issubclass(load_object(handlers[scheme]), TrustingContext) for scheme in ("http", "https"))


def test_tls_to_the_proxy_is_refused_where_scrapy_cannot() -> None:
    tls = {"FACEGATE_PROXY_URL": "https://gw:1"}
    with pytest.raises(NoGateway, match="plain HTTP to proxies"):
        updated(**tls)
    assert updated(DOWNLOAD_HANDLERS={"https": "mine.Handler"}, **tls)[FOUND].address == "https://gw:1"


def test_a_browser_is_told_where_the_project_has_one(pem: str) -> None:
    settings = updated(FACEGATE_CA=pem, DOWNLOAD_HANDLERS=dict.fromkeys(("http", "https"), browser.HANDLER), **PROXY)
    assert settings.getdict("PLAYWRIGHT_LAUNCH_OPTIONS")["proxy"]["username"] == "job"
    assert issubclass(load_object(settings.getdict("DOWNLOAD_HANDLERS")["https"]), load_object(browser.HANDLER))
    assert not updated(**PROXY).getdict("PLAYWRIGHT_LAUNCH_OPTIONS")
