"""An origin that answers everything with a page, and remembers what it was asked for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

PAGE = b"<!doctype html><p>An ordinary page.</p>" * 20
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(PAGE), PAGE)


@dataclass
class Witness:
    port: int = 0
    connections: int = 0
    heads: list[bytes] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(OSError, EOFError, asyncio.LimitOverrunError):
            while True:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(ANSWER)
                await writer.drain()
        writer.close()

    def saw(self, mark: bytes) -> bool:
        return any(mark in head for head in self.heads)


@asynccontextmanager
async def witnessing(host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Witness]:
    it = Witness()
    async with await asyncio.start_server(it.talk, host, port) as server:
        it.port = server.sockets[0].getsockname()[1]
        yield it
