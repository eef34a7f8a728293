"""Names of hosts, and the patterns they fit: `news.example` alone, `*.example.org` for all below it. Pure."""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache

_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_LONGEST = 253  # RFC 1035, 2.3.4, without the root's dot
_LONGEST_SAID = 1_024  # in characters of any script


@dataclass(frozen=True, slots=True)
class HostSet:
    """A scope's hosts, so that a look-up takes as long as the name has labels, however many hosts there are."""

    exact: frozenset[str]
    above: frozenset[str]

    def holds(self, host: str) -> bool:
        name = normal_host(host)
        if name is None:
            return False
        if name in self.exact:
            return True
        _, dot, rest = name.partition(".")
        while dot:
            if rest in self.above:
                return True
            _, dot, rest = rest.partition(".")
        return False


@lru_cache(maxsize=256)
def host_set(patterns: tuple[str, ...]) -> HostSet:
    wild = [pattern[2:] for pattern in patterns if pattern.startswith("*.")]
    exact = [pattern for pattern in patterns if not pattern.startswith("*")]
    return HostSet(
        frozenset(name for pattern in exact if (name := _spelt(pattern))),
        frozenset(name for pattern in wild if (name := _spelt(pattern))),
    )


def host_matches(pattern: str, host: str) -> bool:
    return host_set((pattern,)).holds(host)


def normal_host(said: str) -> str | None:
    """The one spelling of a host: small ASCII letters without the root's dot, or an address. None for what is no host,
    and so fits nothing. Other scripts are encoded by IDNA 2003, as the gateway does where it connects."""
    return _remembered(said) if len(said) <= _LONGEST_SAID else None


def _spelt(said: str) -> str | None:
    if ":" in said:
        return _ipv6(said)
    try:
        name = said if said.isascii() else said.encode("idna").decode()
    except UnicodeError:
        return None
    name = name.removesuffix(".").lower()
    return name if len(name) <= _LONGEST and _NAME.fullmatch(name) else None


_remembered = lru_cache(maxsize=4_096)(_spelt)  # of requests: each asks several times by the same few names


def _ipv6(said: str) -> str | None:
    inner = said[1:-1] if said.startswith("[") and said.endswith("]") else said
    try:
        return None if "%" in inner else ipaddress.IPv6Address(inner).compressed
    except ValueError:
        return None
