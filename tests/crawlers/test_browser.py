"""A real browser is in tests/live/test_scrapy_playwright.py."""

import pickle

import pytest
from scrapy import Request
from scrapy.settings import Settings
from scrapy_facegate import browser
from scrapy_facegate.gateway import Gateway

GATEWAY = Gateway("http://gw:1", "job", "s/cret")
TRUSTED = Gateway("http://gw:1", ca="PEM")
PAST = {"proxy": {"server": "http://past.example"}}


def test_the_browser_gets_the_gateway_whatever_the_project_said() -> None:
    settings = Settings(
        {"PLAYWRIGHT_LAUNCH_OPTIONS": PAST | {"timeout": 5}, "PLAYWRIGHT_CONTEXTS": {"other": PAST | {"locale": "de"}}}
    )
    browser.update_settings(settings, GATEWAY)
    proxy = {"server": "http://gw:1", "username": "job", "password": "s/cret"}
    assert settings.getdict("PLAYWRIGHT_LAUNCH_OPTIONS") == {"proxy": proxy, "timeout": 5}
    assert settings.getdict("PLAYWRIGHT_CONTEXTS") == {"other": {"locale": "de"}}


def test_a_gateway_that_wants_no_credentials_is_told_none() -> None:
    settings = Settings()
    browser.update_settings(settings, TRUSTED)
    assert settings.getdict("PLAYWRIGHT_LAUNCH_OPTIONS") == {"proxy": {"server": "http://gw:1"}}


def test_its_certificates_are_accepted_unless_the_project_lets_the_browser_check() -> None:
    settings = Settings({"PLAYWRIGHT_CONTEXTS": {"default": {}, "checked": {"ignore_https_errors": False}}})
    browser.update_settings(settings, TRUSTED)
    contexts = settings.getdict("PLAYWRIGHT_CONTEXTS")
    assert contexts == {"default": {"ignore_https_errors": True}, "checked": {"ignore_https_errors": False}}


@pytest.mark.parametrize(
    ("gateway", "asked", "became"),
    [
        (GATEWAY, None, {}),
        (GATEWAY, PAST | {"locale": "de"}, {"locale": "de"}),
        (TRUSTED, PAST, {"ignore_https_errors": True}),
    ],
)
def test_a_context_of_a_requests_own_is_not_past_the_gateway(
    gateway: Gateway, asked: dict[str, object] | None, became: dict[str, object]
) -> None:
    request = Request("https://site.example/", meta={"playwright": True, "playwright_context_kwargs": asked})
    browser.update_request(request, gateway)
    assert request.meta["playwright_context_kwargs"] == became


def test_a_407_that_the_browser_got_is_noted_and_a_projects_own_handler_stays() -> None:
    class Answer:
        def __init__(self, status: int, **headers: str) -> None:
            self.status, self.headers = status, {name.replace("_", "-"): value for name, value in headers.items()}

    request = Request("https://site.example/", meta={"playwright": True})
    browser.update_request(request, GATEWAY)
    handler = request.meta["playwright_page_event_handlers"]["response"]
    handler(Answer(200))
    handler(Answer(407, facegate_action="pass"))  # an origin may not stop a crawl
    assert not browser.was_refused(request)
    handler(Answer(407))
    handler(Answer(200))
    assert browser.was_refused(request)
    assert browser.was_refused(pickle.loads(pickle.dumps(request)))  # noqa: S301  # as a job directory keeps it
    browser.update_request(request, GATEWAY)  # the next attempt
    request.meta["playwright_page_event_handlers"] = {"response": "on_response", "popup": "on_popup"}
    browser.update_request(request, GATEWAY)
    assert request.meta["playwright_page_event_handlers"] == {"response": "on_response", "popup": "on_popup"}
    assert not browser.was_refused(request)
