"""Every case on every way from an origin through a live gateway to a client.

HTTP/2 has no chunks and no end by closing, and the gateway takes it from nobody without TLS (its addon DisableH2C). So
the three framings of HTTP/2 are whole frames, frames of a few bytes, and padded frames without a length.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Lock, local
from typing import Self

import httpx
from evasion.case import Case, Picture
from live.authority import Authority
from live.client import OnlyH2, as_seen, body_of, get, raw, raw_tls
from live.gateways import Gateway
from live.origin import Origin
from live.origin_h2 import Answer, H2Origin
from live.plays import answer
from live.withheld import SLICE, parse

WAYS = (
    *((1, secure, framing) for secure in (False, True) for framing in ("length", "chunked", "close")),
    *((2, True, framing) for framing in ("whole frames", "small frames", "padded frames")),
)
Way = tuple[int, bool, str]


@dataclass(frozen=True)
class Outcome:
    case: Case
    way: Way
    status: int
    reason: str
    past: bool


class Matrix:
    """One gateway and an origin of each kind."""

    def __init__(self, gateway: Gateway, authority: Authority, picture: Picture) -> None:
        self._gateway, self._picture = gateway, picture
        self._stack, self._making, self._local = ExitStack(), Lock(), local()
        self._plain, self._secure, self._h2 = Origin(), Origin(authority.server()), H2Origin(authority.server("h2"))

    def __enter__(self) -> Self:
        for origin in (self._plain, self._secure, self._h2):
            self._stack.enter_context(origin)
        assert self._gateway.ca.exists()  # exported once, before threads ask for it
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _client(self) -> httpx.Client:
        """One a thread: its HTTP/2 connections are not to be shared."""
        if not hasattr(self._local, "client"):
            trust = OnlyH2.trusting(self._gateway.ca)
            client = httpx.Client(http2=True, verify=trust, proxy=self._gateway.proxy, trust_env=False, timeout=60)
            self._local.client = self._stack.enter_context(client)
        client = self._local.client
        assert isinstance(client, httpx.Client)
        return client

    def runs(self, chosen: list[tuple[Case, Way]], at_once: int = 4) -> Iterator[Outcome]:
        """In no order. A case's body is made once."""
        ways: dict[Case, list[Way]] = defaultdict(list)
        for case, way in chosen:
            ways[case].append(way)

        def of(case: Case) -> list[Outcome]:
            with self._making:  # Pillow's writers keep their options in the picture
                body, head = case.body(self._picture), case.head(self._picture)
            return [self._run(case, way, body, list(head)) for way in ways[case]]

        with ThreadPoolExecutor(at_once) as pool:
            for outcomes in pool.map(of, ways):
                yield from outcomes

    def _run(self, case: Case, way: Way, body: bytes, head: list[tuple[str, str]]) -> Outcome:
        path = f"/{abs(hash((case.id, way)))}"
        fetch: Callable[[], bytes] = {1: self._http1, 2: self._http2}[way[0]](case, way, path, body, head)
        reply = fetch()
        parsed = parse(reply)
        past = parsed.status < 400 or _carries(reply, body, head)
        return Outcome(case, way, parsed.status, parsed.headers.get("facegate-reason", ""), past)

    def _http1(self, case: Case, way: Way, path: str, body: bytes, head: list[tuple[str, str]]) -> Callable[[], bytes]:
        _, secure, framing = way
        play = answer(body, case.content_type or "x", framing=framing, headers=head, chunk=1 + len(body) // 7)
        if not case.content_type:
            play = play.replace(b"Content-Type: x\r\n", b"", 1)
        url = (self._secure if secure else self._plain).route(path, play)
        if secure:
            ca = self._gateway.ca
            return lambda: raw_tls(self._gateway.proxy, ca, url, get(path), patience=60)
        return lambda: raw(self._gateway.proxy, get(url), patience=60)

    def _http2(self, case: Case, way: Way, path: str, body: bytes, head: list[tuple[str, str]]) -> Callable[[], bytes]:
        headers = [("content-type", case.content_type)] if case.content_type else []
        headers += [(name.lower(), value) for name, value in head]
        options: dict[str, dict[str, int | bool]] = {
            "whole frames": {},
            "small frames": {"frame": 1 if len(body) < 2000 else 100 + len(body) // 500},
            "padded frames": {"padding": 77, "frame": 1200, "length": False},
        }
        url = self._h2.route(path, Answer(body, headers, **options[way[2]]))  # type: ignore[arg-type]

        def fetch() -> bytes:
            reply = self._client().get(url)
            assert reply.http_version == "HTTP/2"
            return as_seen(reply)

        return fetch


def _carries(reply: bytes, body: bytes, head: list[tuple[str, str]]) -> bool:
    """A slice of what was sent, in what came."""
    sent = [body, *(value.encode("latin-1") for _, value in head)]
    got = reply.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + body_of(reply)
    slices = (got[at : at + SLICE] for at in range(0, len(got) - SLICE + 1, SLICE // 4))
    return any(piece in data for piece in slices for data in sent)
