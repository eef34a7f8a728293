"""HOST:PORT as people write it, and as it is written back."""

import re

from facegate.errors import ConfigError


def parse_host_port(text: str, option: str) -> tuple[str, int]:
    """`127.0.0.1:8080`, `[::1]:8080` or `:8080`. Raises ConfigError."""
    host, colon, port = text.rpartition(":")
    if not colon or not re.fullmatch("[0-9]{1,5}", port) or int(port) > 65535:
        raise ConfigError(f"{option}: write HOST:PORT, like 127.0.0.1:8080, not {text!r}")
    return host.strip("[]") or "127.0.0.1", int(port)


def host_port(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
