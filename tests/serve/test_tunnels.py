from pathlib import Path

from facegate.config import load
from facegate.serve.tunnels import tunnels
from facegate.state.home import Home


def test_without_peers_one_that_says_nothing_about_its_job(tmp_path: Path) -> None:
    config = load(listen__mode="wireguard", identity__required=False)
    (one,) = tunnels(config, Home(tmp_path), 51820)
    assert (one.job, one.port) == ("", 51820)
    assert tunnels(load(), Home(tmp_path), 8080) == []
