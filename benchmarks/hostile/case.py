"""One thing that a hostile origin does, and the reasons that may come of it.

A play is handed the connection after a request has come, and writes what it likes. `case` lists it under its name.
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from facegate.selftest import canary

LENGTH = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n"

type Play = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
type Body = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Case:
    """`expected`: reasons of docs/reasons.md; `way`: how the origin is spoken to, `http`, `tcp` (the play begins where
    TLS would) or `h2` (after the client's preface)."""

    group: str
    name: str
    play: Play
    expected: frozenset[str]
    way: str = "http"
    prepare: Callable[[], object] = lambda: None  # makes the bytes before they are asked for

    @property
    def path(self) -> str:
        return "/" + "-".join(f"{self.group} {self.name}".replace("/", " ").split())


CASES: dict[str, Case] = {}  # by path


def case(group: str, name: str, *expected: str, way: str = "http") -> Callable[[Play], Play]:
    def listed(play: Play) -> Play:
        _list(Case(group, name, play, frozenset(expected), way))
        return play

    return listed


def body(group: str, name: str, *expected: str, kind: str, headers: Iterable[str] = ()) -> Callable[[Body], Body]:
    """A play that answers with this body, made once."""

    def listed(make: Body) -> Body:
        made = functools.cache(make)
        fields = "".join(f"{field}\r\n" for field in headers)

        async def play(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            data = made()
            writer.write(LENGTH % (kind.encode(), fields.encode(), len(data)))
            writer.write(data)
            await writer.drain()

        _list(Case(group, name, play, frozenset(expected), prepare=made))
        return make

    return listed


def _list(it: Case) -> None:
    assert it.path not in CASES, it.path
    CASES[it.path] = it


@functools.cache
def face() -> bytes:
    """A small JPEG with a face of nobody: what has to stay in, whatever it is wrapped in."""
    return canary.jpeg()
