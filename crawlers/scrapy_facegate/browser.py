"""scrapy-playwright: the browser has the gateway as its proxy, in every context, and accepts its certificates.

Playwright can tell no browser of an authority, so certificates between browser and gateway are not checked; unless a
project says `ignore_https_errors: False`, having put the authority into the browser's own store.
"""

from typing import Any

from scrapy import Request
from scrapy.settings import BaseSettings

from scrapy_facegate.gateway import Gateway, force

HANDLER = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"


def update_settings(settings: BaseSettings, gateway: Gateway) -> None:
    proxy = {"server": gateway.address}
    if gateway.job:
        proxy |= {"username": gateway.job, "password": gateway.token}
    force(settings, "PLAYWRIGHT_LAUNCH_OPTIONS", settings.getdict("PLAYWRIGHT_LAUNCH_OPTIONS") | {"proxy": proxy})
    contexts = settings.getdict("PLAYWRIGHT_CONTEXTS")  # which are opened, browser and all, when the crawl begins
    force(settings, "PLAYWRIGHT_CONTEXTS", {name: _context(said, gateway) for name, said in contexts.items()})


def update_request(request: Request, gateway: Gateway) -> None:
    """For a request with `playwright` in its meta: it may define a context, and the first one opens the default."""
    options = request.meta.get("playwright_context_kwargs") or {}
    request.meta["playwright_context_kwargs"] = _context(options, gateway)
    handlers = request.meta.get("playwright_page_event_handlers") or {}
    if isinstance(handlers.get("response"), Refused | None):  # none of the project's own, which stays
        request.meta["playwright_page_event_handlers"] = {**handlers, "response": Refused()}


def was_refused(request: Request) -> bool:
    """The gateway answered 407 to the browser, which tells of an empty page, and of nothing else."""
    handler = (request.meta.get("playwright_page_event_handlers") or {}).get("response")
    return isinstance(handler, Refused) and handler.seen


class Refused:
    """Notes a 407 among the responses of a page. Not a function: requests are kept on disk, too."""

    seen = False

    def __call__(self, response: Any) -> None:
        if response.status == 407 and response.headers.get("facegate-action") != "pass":  # else it is an origin's
            self.seen = True


def _context(options: dict[str, Any], gateway: Gateway) -> dict[str, Any]:
    """Without a proxy of its own, as it would lead past the gateway."""
    kept = {name: value for name, value in options.items() if name != "proxy"}
    if gateway.ca:
        kept.setdefault("ignore_https_errors", True)
    return kept
