"""What has to be known of a place before a gateway is set up there, and what can be guessed of it."""

import getpass
import ipaddress
import pwd
import re
import socket
import sys
from dataclasses import dataclass
from typing import Final, Literal

HERE, NETWORK = "here", "network"
Where = Literal["here", "network"]
USER: Final = "facegate"  # the service's, as deploy/systemd has it
CRAWLER: Final = "crawler"
_DOCUMENTATION = "192.0.2.1"  # RFC 5737: routed nowhere; nothing is sent


@dataclass(frozen=True, slots=True)
class Answers:
    """`where` crawlers run: "here", beside the gateway, or elsewhere in `network` (CIDR; "" here). `gateway_user` and
    `crawler_user` are names of this system's users, who may be made later."""

    where: Where
    host: str
    port: int
    network: str
    operator: str
    faces: str
    keep: str
    gateway_user: str = USER
    crawler_user: str = CRAWLER
    system: str = sys.platform


def address() -> str:
    """This machine's address in its network; loopback where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_DOCUMENTATION, 9))  # chooses the way, and sends nothing
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def network_of(host: str) -> str:
    """The 256 addresses around it: a guess, to be corrected."""
    return str(ipaddress.ip_network(f"{host}/{24 if ':' not in host else 64}", strict=False))


def operator() -> str:
    """Who runs the crawls, as this system names who is logged in."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = ""
    return re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-.") or "operator"


def gateway_user() -> str:
    """The service's user where there is one already, else who is logged in."""
    try:
        return pwd.getpwnam(USER).pw_name
    except KeyError:
        return getpass.getuser()
