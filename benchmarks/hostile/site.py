"""The hostile origin: a process of its own, so that what it costs to be hostile is not measured with the rest."""

import asyncio
import contextlib
import logging
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from live.authority import Authority

from benchmarks.hostile import archives, codings, documents, films, frames, framing, pictures, texts
from benchmarks.hostile.case import CASES, Case

PARTS = (codings, archives, pictures, texts, documents, films, framing, frames)  # whoever imports this has all cases
HEAD = 64 << 10
PREPARING = 600.0  # seconds for the bytes of one case


@dataclass
class Site:
    """`trusted`: the PEM file of who signed its certificate; `ports`: of the cases with one of their own, by path."""

    trusted: Path
    port: int
    ports: dict[str, int]
    pid: int
    _pipe: Connection

    def url(self, case: Case) -> str:
        if case.way == "http":
            return f"http://127.0.0.1:{self.port}{case.path}"
        return f"https://127.0.0.1:{self.ports[case.path]}{case.path}"

    def prepare(self, case: Case) -> None:
        """Returns when its bytes are there. Raises what making them raised."""
        self._pipe.send(case.path)
        if not self._pipe.poll(PREPARING):
            raise TimeoutError(case.name)
        if (failed := self._pipe.recv()) is not None:
            raise failed


async def _talk(case: Case, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, EOFError):
        try:
            await case.play(reader, writer)
        finally:
            writer.close()


async def _http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, EOFError, asyncio.LimitOverrunError, KeyError):
        head = await reader.readuntil(b"\r\n\r\n")
        await _talk(CASES[head.split(b" ", 2)[1].decode()], reader, writer)
    writer.close()


def _serve(pipe: Connection, folder: Path) -> None:
    tls = Authority(folder).server("h2")
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # of whoever closed while it was written to

    async def main() -> None:
        servers = [await asyncio.start_server(_http, "127.0.0.1", 0, limit=HEAD)]
        ports = {}
        for case in CASES.values():
            if case.way != "http":

                async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, case: Case = case) -> None:
                    await _talk(case, reader, writer)

                server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls if case.way == "h2" else None)
                servers.append(server)
                ports[case.path] = server.sockets[0].getsockname()[1]
        pipe.send((servers[0].sockets[0].getsockname()[1], ports))
        while (path := await asyncio.to_thread(pipe.recv)) is not None:
            try:
                await asyncio.to_thread(CASES[path].prepare)
                pipe.send(None)
            except Exception as error:  # noqa: BLE001 - whatever it is, the other side is told
                pipe.send(error)

    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(main())


@contextmanager
def running(folder: Path) -> Iterator[Site]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, folder), daemon=True)
    process.start()
    assert process.pid
    try:
        port, ports = ours.recv()
        yield Site(folder / "authority.pem", port, ports, process.pid, ours)
    finally:
        with contextlib.suppress(OSError):
            ours.send(None)
        process.join(5)
        process.kill()
