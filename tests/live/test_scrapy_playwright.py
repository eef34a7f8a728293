"""scrapy-playwright with the system's Chromium: the browser goes through the gateway, and pictures in pages too.

The gateway is one that asks for credentials, as browsers send none before."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from live.crawls import behave
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer

pytestmark = pytest.mark.browser
HANDLERS = dict.fromkeys(("http", "https"), "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler")


def settings(chromium: str) -> dict[str, object]:
    launch = {"executable_path": chromium, "args": ["--no-sandbox"]}
    return {"DOWNLOAD_HANDLERS": json.dumps(HANDLERS), "PLAYWRIGHT_LAUNCH_OPTIONS": json.dumps(launch)}


def test_a_browser_gets_pages_and_no_faces(
    strict: Gateway,
    tls_origin: Origin,
    targeted_job: Callable[..., str],
    face_jpeg: bytes,
    chromium: str,
    tmp_path: Path,
) -> None:
    tls_origin.route("/", answer(b"<!doctype html><title>a page</title><img src=/face.jpg>"))
    tls_origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
    environ = {
        "FACEGATE_CA": str(strict.ca),
        "FACEGATE_JOB": "browsing",
        "FACEGATE_TOKEN": targeted_job(strict, "browsing", approve=False),
    }
    # a context of a request's own may not take it past the gateway: nobody listens on that port
    past = {"playwright_context": "past", "playwright_context_kwargs": {"proxy": {"server": "http://127.0.0.1:9"}}}
    ask = {
        "page": {"url": tls_origin.url("/"), "meta": {"playwright": True}},
        "face": {"url": tls_origin.url("/face.jpg"), "meta": {"playwright": True}},
        "past": {"url": tls_origin.url("/"), "meta": {"playwright": True} | past},
        "without a browser": {"url": tls_origin.url("/face.jpg")},
    }
    crawled = behave(ask, folder=tmp_path, proxy=strict.proxy, environ=environ, settings=settings(chromium))
    came = crawled.by("name")
    assert came["page"]["status"] == 200
    assert came["past"]["status"] == 200
    assert came["face"]["withheld"] == came["without a browser"]["withheld"] == "faces"
    assert [request.path for request in tls_origin.requests].count("/") == 2
    assert not any(request.header("Proxy-Authorization") for request in tls_origin.requests)
    # what is in a page goes the same way: it was asked for, and the browser has none of it
    assert [request.path for request in tls_origin.requests].count("/face.jpg") >= 3


@pytest.mark.parametrize("credentials", [{}, {"FACEGATE_JOB": "nobody", "FACEGATE_TOKEN": "wrong"}])
def test_a_browser_without_credentials_or_with_wrong_ones_gets_nothing(
    strict: Gateway, tls_origin: Origin, chromium: str, tmp_path: Path, credentials: dict[str, str]
) -> None:
    ask = {"page": {"url": tls_origin.url("/"), "meta": {"playwright": True}}}
    environ = {"FACEGATE_CA": str(strict.ca)} | credentials
    crawled = behave(
        ask, folder=tmp_path, proxy=strict.proxy, environ=environ, settings=settings(chromium), quiet=False
    )
    assert crawled.by("name")["page"].get("withheld") == "bad-credentials", crawled.log
    assert crawled.log.count("The crawl stops:") == 1
    assert not tls_origin.requests
