"""Where lines are sent to by syslog, as it is written in facegate.toml."""

import re
from dataclasses import dataclass

_PORTS = {"udp": 514, "tcp": 601, "tls": 6514}  # RFC 5426, 6587, 5425
_URL = re.compile(
    r"(udp|tcp|tls)://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?::([0-9]{1,5}))?/?"
)
_ADVICE = 'write "udp://HOST:514", "tcp://HOST:601", "tls://HOST:6514" or "unix:/dev/log"'


@dataclass(frozen=True, slots=True)
class Destination:
    """`host` is the path of a socket where `kind` is "unix"."""

    kind: str
    host: str
    port: int = 0

    def __str__(self) -> str:
        if self.kind == "unix":
            return f"unix:{self.host}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.kind}://{host}:{self.port}"


def destination(text: str) -> Destination:
    """Raises ValueError that says what to write, and does not repeat the text."""
    if text.startswith("unix:/") and "\0" not in text:
        return Destination("unix", text.removeprefix("unix:"))
    match = _URL.fullmatch(text)
    if match is None:
        raise ValueError(f"this is no place to send to; {_ADVICE}")
    port = int(match[3]) if match[3] else _PORTS[match[1]]
    if not 0 < port <= 65535:
        raise ValueError(f"port {port} is none; {_ADVICE}")
    return Destination(match[1], match[2].strip("[]"), port)
