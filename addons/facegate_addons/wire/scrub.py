"""Nothing of a body reaches a log or an error page through mitmproxy's own texts.

It writes repr() of what it received into its error pages and its log lines. Pages become a constant (the stream turns
them into refusals before that; this is for errors before there is a stream). Of log records only the place they come
from and the type of the exception are kept.
"""

import json
import logging

from mitmproxy.proxy.layers.http import _http1, _http2, _http3

_PAGE = json.dumps({"type": "urn:facegate:reason:client-protocol", "title": "Not valid HTTP"}).encode()


def constant_page(_status: int, _message: str) -> bytes:
    return _PAGE


def install_pages() -> None:
    for module in (_http1, _http2, _http3):
        setattr(module, "format_error", constant_page)  # noqa: B010 - mypy: they import it, they do not export it


class Scrub(logging.Filter):
    """On the handlers: rewrites records of mitmproxy's loggers, lets all others through as they are."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] in ("mitmproxy", "asyncio", "h2", "hpack", "root"):
            kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "message"
            record.msg, record.args = f"mitmproxy: {kind} from {record.module}:{record.lineno}", ()
            record.exc_info = record.exc_text = record.stack_info = None
        return True
