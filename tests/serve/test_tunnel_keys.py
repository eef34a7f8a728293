"""Keys made once, for their owner alone; each peer has a key, a port and a job of its own."""

from pathlib import Path

import pytest
from facegate.config import load
from facegate.errors import HomeError
from facegate.serve.tunnel_keys import prepare
from facegate.serve.tunnels import Tunnel, tunnels
from facegate.state.home import Home


@pytest.fixture
def two(tmp_path: Path) -> list[Tunnel]:
    config = load(listen__mode="wireguard", listen__peers={"crawl-a": 51820, "crawl-b": 51821}, home=str(tmp_path))
    return tunnels(config, Home(tmp_path), 0)


def test_each_peer_has_its_own(two: list[Tunnel]) -> None:
    prepare(two, "192.0.2.1")
    assert [(tunnel.job, tunnel.port) for tunnel in two] == [("crawl-a", 51820), ("crawl-b", 51821)]
    assert len({tunnel.keys.read_text() for tunnel in two}) == 2
    assert "Endpoint = 192.0.2.1:51821\n" in two[1].configuration.read_text()
    for path in (two[0].folder, *two[0].folder.iterdir()):
        assert path.stat().st_mode & 0o077 == 0
    assert len({tunnel.spec for tunnel in two}) == 2


def test_keys_stay_and_configurations_are_written_anew(two: list[Tunnel]) -> None:
    prepare(two, "192.0.2.1")
    before = two[0].keys.read_text()
    prepare(two, "2001:db8::1")
    assert two[0].keys.read_text() == before
    assert "Endpoint = [2001:db8::1]:51820\n" in two[0].configuration.read_text()


def test_an_address_that_is_none_is_not_handed_out(two: list[Tunnel]) -> None:
    prepare(two, "0.0.0.0")
    assert "Endpoint = 0.0.0.0" not in two[0].configuration.read_text()


@pytest.mark.parametrize("host", ["localhost", "", "gateway.example"])
def test_a_tunnel_needs_an_address(two: list[Tunnel], host: str) -> None:
    with pytest.raises(HomeError, match="a tunnel needs an address"):
        prepare(two, host)


@pytest.mark.parametrize(("content", "mode", "says"), [("secret", 0o600, "damaged"), ("{}", 0o644, "read by others")])
def test_keys_that_are_no_good(two: list[Tunnel], content: str, mode: int, says: str) -> None:
    two[0].folder.mkdir()
    two[0].keys.write_text(content)
    two[0].keys.chmod(mode)
    with pytest.raises(HomeError, match=says) as caught:
        prepare(two, "192.0.2.1")
    assert "secret" not in str(caught.value)
