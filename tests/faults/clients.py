"""What clients ask for during a fault and after it, and every byte that they get."""

import base64
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from faults.launched import TEXT, Launched
from live.client import ConnectRefused, connect, get, tls, tunnel
from live.withheld import assert_without, parse

UNREADABLE = (AssertionError, ValueError, IndexError)


@dataclass(frozen=True)
class Answer:
    """`status` is 0 where there was none, or half of one."""

    who: str
    raw: bytes
    seconds: float

    @property
    def status(self) -> int:
        try:
            reply = parse(self.raw)
        except UNREADABLE:
            return 0
        whole = len(reply.body) == int(reply.headers.get("content-length", len(reply.body)))
        return reply.status if whole else 0

    @property
    def reason(self) -> str:
        return parse(self.raw).headers.get("facegate-reason", "") if self.status else ""

    @property
    def record(self) -> str:
        """That the client was told of."""
        try:
            return str(json.loads(parse(self.raw).body).get("record") or "") if self.status == 451 else ""
        except ValueError:
            return ""


@dataclass(frozen=True)
class Client:
    who: str
    ask: Callable[[float], Answer]
    good: int  # the status without a fault


def canaries(it: Launched, newcomer: str) -> list[Client]:
    """Each by another way, so that each call site of such a request is passed."""
    known = it.jobs["canary"]
    named = it.plain.url("/face").replace("127.0.0.1", "localhost")
    return [
        _plain(it, "canary", it.plain.url("/face"), newcomer, 451),
        _plain(it, "canary, seen before", it.plain.url("/known"), known, 451),
        _plain(it, "canary, by name", named, known, 451),
        _tunnelled(it, "canary, in a tunnel", "/face", known, 451),
    ]


def ordinary(it: Launched) -> list[Client]:
    known = it.jobs["ordinary"]
    return [
        _plain(it, "page", it.plain.url("/text"), known, 200),
        _plain(it, "picture", it.plain.url("/innocent"), known, 200),
    ]


def targeted(it: Launched) -> list[Client]:
    """A face that may pass, once it is counted."""
    return [_plain(it, "in scope", it.plain.url("/face"), it.jobs["targeted"], 200)]


def released(it: Launched, record: str) -> list[Client]:
    asks = f"Facegate-Release: {record}"
    return [_plain(it, "released", it.plain.url("/face"), it.jobs["canary"], 200, asks)]


def all_at_once(clients: Iterable[Client], patience: float) -> list[Answer]:
    clients = list(clients)
    with ThreadPoolExecutor(len(clients) or 1) as threads:
        return list(threads.map(lambda client: client.ask(patience), clients))


def assert_kept_in(answers: Iterable[Answer], canary: bytes) -> None:
    for answer in answers:
        for spelling in (canary, canary.hex().encode(), base64.b64encode(canary)):
            assert_without(answer.raw, spelling)


def is_ordinary(answer: Answer) -> bool:
    return answer.status == 200 and (answer.who != "page" or parse(answer.raw).body == TEXT)


def asked(who: str, proxy: str, url: str, job: str, patience: float) -> Answer:
    """One request, without more ado."""
    return _asked(who, patience, lambda: connect(proxy, patience), get(url, job))


def _plain(it: Launched, who: str, url: str, job: str, good: int, *headers: str) -> Client:
    def ask(patience: float) -> Answer:
        return _asked(who, patience, lambda: connect(it.gateway.proxy, patience), get(url, job, *headers))

    return Client(who, ask, good)


def _tunnelled(it: Launched, who: str, path: str, job: str, good: int) -> Client:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()

    def opened(patience: float) -> socket.socket:
        inner = tunnel(it.gateway.proxy, "127.0.0.1", it.secure.port, job, patience=patience)
        try:
            return tls(inner, it.gateway.ca)
        except BaseException:
            inner.close()
            raise

    return Client(who, lambda patience: _asked(who, patience, lambda: opened(patience), request), good)


def _asked(who: str, patience: float, opened: Callable[[], socket.socket], request: bytes) -> Answer:
    begun, data = time.monotonic(), b""
    try:
        with opened() as sock:
            sock.sendall(request)
            while more := sock.recv(65536):
                data += more
                sock.settimeout(max(0.01, begun + patience - time.monotonic()))
    except ConnectRefused as refused:
        data = refused.reply
    except (OSError, ssl.SSLError, ValueError, AssertionError):
        pass  # cut off, or nothing within its patience: what came until then is the answer
    return Answer(who, data, time.monotonic() - begun)
