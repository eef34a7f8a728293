"""Nothing of a body reaches a log or an error page through mitmproxy's own texts.

It writes repr() of what it received into its error pages and its log lines. Pages become a constant (the stream turns
them into refusals before that; this is for errors before there is a stream). Of log records only the place they come
from and the type of the exception are kept.
"""

import json
import logging

from mitmproxy import http
from mitmproxy.net.http.http1.assemble import assemble_response
from mitmproxy.proxy.layers.http import _http1, _http2, _http3

from facegate_addons.domain import outcome
from facegate_addons.domain.model import Action, Decision
from facegate_addons.domain.reasons import Reason

_NOT_HTTP = Decision(Action.REFUSE, Reason.CLIENT_PROTOCOL)
_PAGE = json.dumps(outcome.problem(_NOT_HTTP, "", "")).encode()


def constant_page(_status: int, _message: str) -> bytes:
    return _PAGE


def constant_error(_status: int, _message: str = "") -> bytes:
    """What a client gets whose bytes are no request: a refusal like any other, before there is a flow to refuse."""
    fields = {"Content-Type": "application/problem+json", "Connection": "close", **outcome.headers(_NOT_HTTP, "")}
    raw: bytes = assemble_response(http.Response.make(outcome.status(_NOT_HTTP.reason), _PAGE, fields))
    return raw


def install_pages() -> None:
    for module in (_http1, _http2, _http3):
        setattr(module, "format_error", constant_page)  # noqa: B010 - mypy: they import it, they do not export it
    setattr(_http1, "make_error_response", constant_error)  # noqa: B010


class Scrub(logging.Filter):
    """On the handlers: rewrites records of mitmproxy's loggers, lets all others through as they are."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] in ("mitmproxy", "asyncio", "h2", "hpack", "root"):
            kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "message"
            record.msg, record.args = f"mitmproxy: {kind} from {record.module}:{record.lineno}", ()
            record.exc_info = record.exc_text = record.stack_info = None
        return True
