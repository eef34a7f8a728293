"""The ways in (`listen.mode`), and what each asks of the rest of the configuration."""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from facegate_addons.domain.networks import network_of
from facegate_addons.domain.tables import said

from facegate.errors import HomeError

MODES = ("regular", "transparent", "socks5", "wireguard", "upstream")
PROXY_SCHEMES = {"regular": "http", "upstream": "http", "socks5": "socks5h"}  # of those that are a proxy to clients
WHERE_WEB_IS = (80, 443)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")  # shorter than a key of 32 bytes
PEER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")  # a job's id that can be a file's name


@dataclass(frozen=True, slots=True)
class Upstream:
    """The proxy behind this one; `auth` is "user:password" as its URL has it, or ""."""

    scheme: str
    host: str
    port: int
    auth: str = field(default="", repr=False)


def kind(mode: str) -> str:
    """What stands before the colon. What stands behind it may have a password in it."""
    return mode.partition(":")[0]


def upstream_of(mode: str) -> Upstream | None:
    """None for another mode. Raises ValueError, whose text has nothing of the URL."""
    if kind(mode) != "upstream":
        return None
    wanted = "listen.mode has to be upstream:http://HOST:PORT or upstream:https://HOST:PORT"
    try:
        url = urlsplit(mode.partition(":")[2])
        host, port = url.hostname, url.port or {"http": 80, "https": 443}.get(url.scheme, 0)
    except ValueError:
        raise ValueError(wanted) from None
    rest = url.path.strip("/") or url.query or url.fragment
    if url.scheme not in ("http", "https") or not host or not port or rest or not re.fullmatch(r"[\w.:-]+", host):
        raise ValueError(wanted)
    auth = f"{unquote(url.username)}:{unquote(url.password or '')}" if url.username else ""
    return Upstream(url.scheme, host, port, auth)


def upstream_credentials(mode: str, source: Mapping[str, str]) -> str:
    """Either "user:password" or "". `source` is `listen.upstream_auth`; it goes before the URL's. Raises HomeError."""
    if "env" in source:
        where, pair = variable(source["env"]), os.environ.get(source["env"], "")
    elif "file" in source:
        where, pair = source["file"], _read(Path(source["file"]).expanduser())
    else:
        upstream = upstream_of(mode)
        return upstream.auth if upstream else ""
    pair = pair.strip()
    if ":" not in pair or not pair.isprintable():
        raise HomeError(f"listen.upstream_auth: {where} has to hold USER:PASSWORD, on one line")
    return pair


def variable(name: str) -> str:
    """An environment variable in an error; not what may be the secret itself, put in the place of the name."""
    return f"the environment variable {name}" if _VARIABLE.fullmatch(name) else "the environment variable of that name"


def place(table: Mapping[str, str]) -> bool:
    """Does it say where a secret is?"""
    return set(table) <= {"env", "file"} and len(table) <= 1 and all(isinstance(it, str) for it in table.values())


def _read(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise HomeError(f"listen.upstream_auth: others can read {path}; run: chmod 600 {path}")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise HomeError(f"listen.upstream_auth: {path} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        return ""


@dataclass(frozen=True, slots=True)
class Listening:
    """What of the configuration the modes have something to say about."""

    mode: str
    workers: int
    ports: tuple[int, ...]  # of the proxy and the console
    peers: Mapping[str, int]
    upstream_auth: Mapping[str, str]
    required: bool | None
    sources: Mapping[str, str]
    proxy_protocol: Sequence[str] = ()


def mistake(it: Listening) -> str:
    """The first thing that cannot be, and what to write instead; "" when there is none."""
    mode = kind(it.mode)
    if mode not in MODES:
        word = f", not {mode!r}" if mode.isascii() and mode.isalpha() else ""  # else part of a URL, or a password
        return f"listen.mode has to be one of {', '.join(MODES)}:URL{word}"
    if mode != "upstream" and it.mode != mode:
        return f'listen.mode = "{mode}" takes nothing behind it'
    if it.peers and mode != "wireguard":
        return f'listen.peers is for listen.mode = "wireguard"; leave it away with "{mode}"'
    if it.upstream_auth and mode != "upstream":
        return f'listen.upstream_auth is for listen.mode = "upstream:URL"; leave it away with "{mode}"'
    if it.proxy_protocol and mode in ("transparent", "wireguard"):
        return f'listen.proxy_protocol: no load balancer stands before listen.mode = "{mode}"; leave it away'
    try:
        _ = [network_of(text) for text in it.proxy_protocol]
    except ValueError as error:
        return f"listen.proxy_protocol: {error}"
    check = {"transparent": _transparent, "wireguard": _wireguard, "upstream": _upstream}.get(mode)
    return check(it) if check else ""


def _transparent(it: Listening) -> str:
    if sys.platform != "linux":
        return 'listen.mode = "transparent" needs Linux, which alone tells where a connection was to go'
    if it.required is None and not it.sources:
        return (
            'listen.mode = "transparent": clients name no job there; set identity.sources, or identity.required: '
            'false for the job "untargeted", true where every request is signed'
        )
    return ""


def _wireguard(it: Listening) -> str:
    if it.workers != 1:
        return f'listen.mode = "wireguard" has one process: set listen.workers = 1, not {it.workers}'
    if it.sources:
        return "identity.sources: in a tunnel clients choose their addresses; name each peer's job in listen.peers"
    for job, port in it.peers.items():
        if not PEER.fullmatch(job):
            return f"listen.peers: {job!r} has to be a job's id"
        if type(port) is not int or not 0 < port <= 65535:
            return f"listen.peers.{job} has to be a UDP port, from 1 to 65535, not {said(port)}"
    if len(set(it.peers.values())) != len(it.peers):
        return "listen.peers: each peer needs a port of its own"
    if it.required is None and not it.peers:
        return (
            'listen.mode = "wireguard": name the jobs of its peers, like listen.peers = { crawl-a = 51820 }, or set '
            'identity.required: false for the job "untargeted", true where every request is signed'
        )
    return ""


def _upstream(it: Listening) -> str:
    try:
        upstream_of(it.mode)
    except ValueError as error:
        return str(error)
    if not place(it.upstream_auth):
        return 'listen.upstream_auth has to be { env = "NAME" } or { file = "PATH" }'
    if taken := set(WHERE_WEB_IS) & set(it.ports):
        return (
            f"port {min(taken)} is the gateway's own, and with an upstream proxy nobody could go to port {min(taken)} "
            "anywhere; choose another"
        )
    return ""
