"""The ways in, as mitmproxy's option `mode` spells them. Importing this makes them known to it."""

from pathlib import Path

from facegate_addons.wire.shared_port import FacegateMode
from facegate_addons.wire.socks5 import FacegateSocks5Mode
from facegate_addons.wire.transparent import FacegateTransparentMode
from facegate_addons.wire.upstream import FacegateUpstreamMode
from facegate_addons.wire.wireguard import FacegateWireGuardMode

REGULAR = FacegateMode.type_name
SOCKS5 = FacegateSocks5Mode.type_name
TRANSPARENT = FacegateTransparentMode.type_name


def upstream(scheme: str, host: str, port: int) -> str:
    """Through the proxy at this address. No credentials: specs are written into logs and errors."""
    return f"{FacegateUpstreamMode.type_name}:{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def wireguard(keys: Path, port: int) -> str:
    """One peer's tunnel on a UDP port of its own; `keys` is the file of wire.wireguard."""
    return f"{FacegateWireGuardMode.type_name}:{keys}@{port}"
