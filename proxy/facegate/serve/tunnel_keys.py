"""WireGuard's keys, made once and kept under home, and the configuration that each peer is given."""

import ipaddress
import os
import re
from pathlib import Path

from facegate_addons.wire.wireguard import Keys
from mitmproxy.net import local_ip

from facegate.errors import HomeError
from facegate.hostport import host_port
from facegate.serve.tunnels import Tunnel
from facegate.state.private import private_file


def prepare(tunnels: list[Tunnel], host: str) -> None:
    """Make what is missing. Raises HomeError for keys that are damaged or can be read by others."""
    if tunnels and not _is_address(host):
        raise HomeError(f"listen.host: a tunnel needs an address, like 0.0.0.0 or 192.0.2.1, not {host!r}")
    for tunnel in tunnels:
        tunnel.folder.mkdir(mode=0o700, exist_ok=True)
        if not tunnel.keys.exists():
            _write(tunnel.keys, Keys.fresh().dump())
        keys = _read(tunnel.keys)
        _write(tunnel.configuration, keys.client_configuration(host_port(_reached_at(host), tunnel.port)))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _reached_at(host: str) -> str:
    """Where a peer finds this machine, as far as that can be seen from here."""
    unspecified = re.fullmatch(r"[0.:]*", host)
    return (local_ip.get_local_ip() or local_ip.get_local_ip6() or host) if unspecified else host


def _write(path: Path, text: str) -> None:
    with private_file(path, force=True) as file:
        file.write(text.encode())


def _read(path: Path) -> Keys:
    advice = "restore it, or remove it for new keys (the peer then needs its new configuration)"
    try:
        if path.stat().st_mode & 0o077 and path.stat().st_uid == os.geteuid():
            raise HomeError(f"{path}: the tunnel's keys can be read by others; remove it for new ones")
        return Keys.parse(path.read_text())
    except OSError as error:
        raise HomeError(f"{path}: the tunnel's keys cannot be read ({error.strerror}); {advice}") from None
    except ValueError:
        raise HomeError(f"{path}: the tunnel's keys are damaged; {advice}") from None
