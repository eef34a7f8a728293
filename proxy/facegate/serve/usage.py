"""What `serve` says at its start about the way in: each mode has its own."""

import socket
from collections.abc import Sequence
from pathlib import Path

from facegate.config import Config
from facegate.hostport import host_port
from facegate.modes import PROXY_SCHEMES, kind, upstream_of
from facegate.serve.tunnels import Tunnel

_SCHEMES = PROXY_SCHEMES | {"transparent": "tcp", "wireguard": "udp"}


def proxy(settings: Config, port: int, user: str = "") -> str:
    """The URL of the proxy; for what is none, the port's."""
    return f"{_SCHEMES[kind(settings.listen.mode)]}://{user}{host_port(settings.listen.host, port)}"


def how_to_connect(settings: Config, port: int, ca_file: Path, peers: Sequence[Tunnel]) -> list[str]:
    lines = []
    if upstream := upstream_of(settings.listen.mode):
        lines.append(f"  through  {upstream.scheme}://{host_port(upstream.host, upstream.port)}")
    match kind(settings.listen.mode):
        case "wireguard":
            for peer in peers:
                whose = f"for the job {peer.job}" if peer.job else "for one peer"
                lines.append(f"  tunnel   {peer.configuration} (port {peer.port}, {whose}): wg-quick up FILE")
        case "transparent":
            lines.append(f"  turn     connections to port {port} by REDIRECT or TPROXY (docs/modes.md)")
            from facegate_addons.wire.transparent import answer_for_others  # and mitmproxy with it

            with socket.socket() as probe:
                if not answer_for_others(probe):
                    lines.append("  this user has no CAP_NET_ADMIN: REDIRECT works, TPROXY and policy routes do not")
        case _:
            url = proxy(settings, port, "JOB:TOKEN@" if settings.identity_required else "")
            lines.append(f"  try      curl --proxy {url} --cacert {ca_file} https://example.org/")
    return lines
