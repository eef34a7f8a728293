from pathlib import Path

import pytest
from facegate import config
from facegate.serve import usage
from facegate.serve.tunnels import tunnels
from facegate.state.home import Home
from facegate_addons.wire import transparent

CA = Path("ca.pem")


@pytest.mark.parametrize(
    ("mode", "url"),
    [
        ("regular", "http://127.0.0.1:1"),
        ("socks5", "socks5h://127.0.0.1:1"),
        ("upstream:http://p:3", "http://127.0.0.1:1"),
    ],
)
def test_what_is_a_proxy_to_its_clients_can_be_tried(mode: str, url: str) -> None:
    settings = config.load(listen__mode=mode)
    assert usage.proxy(settings, 1) == url
    assert usage.how_to_connect(settings, 1, CA, [])[-1].startswith(f"  try      curl --proxy {url} --cacert ca.pem")


def test_where_clients_have_to_say_who_they_are_so_does_the_trial() -> None:
    settings = config.load(identity__required=True)
    assert " --proxy http://JOB:TOKEN@127.0.0.1:1 " in usage.how_to_connect(settings, 1, CA, [])[-1]


def test_the_proxy_behind_is_named_without_its_password() -> None:
    settings = config.load(listen__mode="upstream:http://me:secret@proxy:3128")
    assert usage.how_to_connect(settings, 1, CA, [])[0] == "  through  http://proxy:3128"


@pytest.mark.parametrize("may", [True, False])
def test_transparent_says_what_this_user_may(may: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transparent, "answer_for_others", lambda _sock: may)
    said = usage.how_to_connect(config.load(listen__mode="transparent", identity__required=False), 1, CA, [])
    assert ("CAP_NET_ADMIN" in said[-1]) is not may


def test_each_peer_has_its_line(tmp_path: Path) -> None:
    settings = config.load(listen__mode="wireguard", listen__peers={"crawl-a": 51820})
    peers = tunnels(settings, Home(tmp_path), 0)
    (line,) = usage.how_to_connect(settings, 0, CA, peers)
    assert f"{tmp_path}/wireguard/crawl-a.conf (port 51820, for the job crawl-a)" in line
