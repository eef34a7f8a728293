import json
import logging

import pytest
from facegate_addons.wire.scrub import Scrub, constant_page, install_pages
from mitmproxy.proxy.layers.http import _http1, _http2, _http3


def record(name: str, message: str, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, None) if error else None
    return logging.LogRecord(name, logging.ERROR, "/x/_http1.py", 7, message, ("SECRET",), info)


@pytest.mark.parametrize("name", ["mitmproxy.proxy.server", "asyncio", "h2.connection", "hpack", "root"])
def test_of_foreign_records_place_and_type_are_kept(name: str) -> None:
    line = record(name, "odd bytes: %s", ValueError("SECRET"))
    line.exc_text = "SECRET"
    assert Scrub().filter(line) is True
    shown = logging.Formatter().format(line)
    assert shown == "mitmproxy: ValueError from _http1:7"


def test_without_an_exception() -> None:
    line = record("mitmproxy.addons.core", "odd bytes: %s")
    Scrub().filter(line)
    assert line.getMessage() == "mitmproxy: message from _http1:7"


def test_our_own_records_stay() -> None:
    line = record("facegate_addons.workers.pool", "worker %s died")
    Scrub().filter(line)
    assert line.getMessage() == "worker SECRET died"


def test_error_pages_are_a_constant() -> None:
    install_pages()
    pages = {module.format_error(502, "SECRET") for module in (_http1, _http2, _http3)}
    assert pages == {constant_page(400, "")}
    assert json.loads(pages.pop())["type"] == "urn:facegate:reason:client-protocol"


def test_bytes_that_are_no_request_get_a_refusal_like_any_other() -> None:
    install_pages()
    head, _, body = _http1.make_error_response(400, "SECRET").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"Facegate-Reason: client-protocol\r\n" in head + b"\r\n"
    assert b"application/problem+json" in head
    assert (b"mitmproxy" in head, b"SECRET" in body) == (False, False)
    assert (json.loads(body)["status"], json.loads(body)["reason"]) == (400, "client-protocol")
