import dataclasses

import pytest
from facegate.config import Config, load
from facegate.console.jobview import number, proxy_url
from starlette.exceptions import HTTPException


@pytest.mark.parametrize(
    ("mode", "host", "url"),
    [
        ("regular", "127.0.0.1", "http://case:T@127.0.0.1:8080"),
        ("regular", "0.0.0.0", "http://case:T@gate.example:8080"),
        ("regular", "::1", "http://case:T@[::1]:8080"),
        ("socks5", "127.0.0.1", "socks5h://case:T@127.0.0.1:8080"),
        ("transparent", "127.0.0.1", ""),
    ],
)
def test_what_a_crawler_has_for_its_proxy(mode: str, host: str, url: str):
    config: Config = load()
    listen = dataclasses.replace(config.listen, mode=mode, host=host)
    assert proxy_url(dataclasses.replace(config, listen=listen), "case", "T", "gate.example") == url


@pytest.mark.parametrize("text", ["", "x", "-1", "1.0", "\u0661", "9" * 16])
def test_a_number_that_the_page_did_not_put_there(text: str):
    with pytest.raises(HTTPException):
        number(text, "version")
    assert number("12", "version") == 12
