"""WireGuard's peers: one port, one key and one job each."""

from dataclasses import dataclass
from pathlib import Path

from facegate.config import Config
from facegate.modes import kind
from facegate.state.home import Home

FOLDER = "wireguard"
NOBODY = "untargeted"  # the one peer of a configuration that names none


@dataclass(frozen=True, slots=True)
class Tunnel:
    """One peer. `job` is "" where the connection says nothing about it."""

    name: str
    job: str
    port: int
    folder: Path

    @property
    def keys(self) -> Path:
        return self.folder / f"{self.name}.keys"

    @property
    def configuration(self) -> Path:
        """For the peer: it has the peer's private key."""
        return self.folder / f"{self.name}.conf"

    @property
    def spec(self) -> str:
        """As mitmproxy spells it, which only a gateway needs."""
        from facegate_addons.wire import modes

        return modes.wireguard(self.keys, self.port)


def tunnels(config: Config, home: Home, port: int) -> list[Tunnel]:
    """None in other modes. `port` is that of a configuration that names no peers."""
    if kind(config.listen.mode) != "wireguard":
        return []
    folder = home.path / FOLDER
    peers = config.listen.peers
    return [Tunnel(job, job, at, folder) for job, at in peers.items()] or [Tunnel(NOBODY, "", port, folder)]
