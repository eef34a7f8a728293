"""Where the shared state is: `state.url`, read. What of it may be printed has no credentials in it."""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

KINDS: Final = {
    "redis": ("single", False),
    "rediss": ("single", True),
    "redis+sentinel": ("sentinel", False),
    "rediss+sentinel": ("sentinel", True),
    "redis+cluster": ("cluster", False),
    "rediss+cluster": ("cluster", True),
}
_PORTS: Final = {"single": 6379, "sentinel": 26379, "cluster": 6379}
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::([0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Address:
    """`kind`: single, sentinel or cluster. `master`: the name by which sentinels know the group. `number`: Redis'
    own number of the database, 0 in a cluster."""

    scheme: str
    kind: str
    hosts: tuple[tuple[str, int], ...]
    tls: bool
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    master: str = ""
    number: int = 0

    def __str__(self) -> str:
        hosts = ",".join(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.hosts)
        rest = "/".join(part for part in (self.master, str(self.number) if self.number else "") if part)
        return f"{self.scheme}://{hosts}" + (f"/{rest}" if rest else "")


def address(url: str) -> Address:
    """`redis://`, `rediss://`, either with `+sentinel` (`HOST,HOST/GROUP[/NUMBER]`) or `+cluster`. Raises ValueError
    with what to write instead; it never repeats the URL, which may hold a password."""
    scheme, separator, _ = url.partition("://")
    if not separator or scheme not in KINDS:
        raise ValueError(f'has to be "sqlite:" (under home) or begin with {", ".join(f"{name}://" for name in KINDS)}')
    kind, tls = KINDS[scheme]
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ValueError("is no URL; write it like rediss://HOST:6379") from None
    if parts.query or parts.fragment:
        raise ValueError("takes no ? and no #; in a password write them as %3F and %23")
    userinfo, _, places = parts.netloc.rpartition("@")
    user, _, password = userinfo.partition(":")
    hosts = tuple(_host(place, _PORTS[kind]) for place in places.split(","))
    if kind == "single" and len(hosts) > 1:
        raise ValueError("names several hosts: write redis+sentinel:// or redis+cluster://")
    path = [unquote(part) for part in parts.path.strip("/").split("/") if part]
    master = ""
    if kind == "sentinel":
        if not path:
            raise ValueError("needs the name of the group: redis+sentinel://HOST,HOST/GROUP")
        master = path.pop(0)
    if len(path) > 1 or (path and (kind == "cluster" or not re.fullmatch(r"[0-9]{1,5}", path[0]))):
        raise ValueError("has a path that means nothing; a number of a database may stand there, in a cluster nothing")
    number = int(path[0]) if path else 0
    return Address(scheme, kind, hosts, tls, unquote(user), unquote(password), master, number)


def _host(text: str, port: int) -> tuple[str, int]:
    match = _HOST.fullmatch(text)
    if match is None or not 0 < int(match[2] or port) <= 65535:
        raise ValueError("needs a host, and perhaps a port: redis://HOST:6379")
    return match[1].strip("[]"), int(match[2] or port)
