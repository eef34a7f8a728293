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


def port_ranges(ports: list[int | str]) -> list[range]:
    """`[80, "1024-65535"]` as ranges. Raises ValueError that says what to write."""
    ranges = []
    for port in ports:
        match = re.fullmatch(r"([0-9]{1,5})(?:-([0-9]{1,5}))?", str(port))
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 0 < first <= last <= 65535:
            raise ValueError(f'{port!r} is no port; write a number like 443 or a range like "1024-65535"')
        ranges.append(range(first, last + 1))
    return ranges
