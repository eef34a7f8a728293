"""What clients do to the gateway itself: ask without the right, say two things at once, take all there is."""

import asyncio
import ssl
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from live.client import basic
from live.desk import Desk, Signer

from benchmarks.hostile import attack, frames
from benchmarks.hostile.attack import Answer
from benchmarks.hostile.gate import Gate
from benchmarks.hostile.measure import Bench, Row
from benchmarks.hostile.witness import Witness

IDLE = 3_000  # connections that say nothing
SLOW = 500  # that say a byte a second
PATIENCE = 60.0  # seconds until all of them have to be closed; hooks.deadline gives 30 to the first head
AHEAD = 2_000  # requests sent before the first is answered
UPLOAD = 4 << 30  # bytes
NEITHER = ("client-protocol", "clear", "none", "no-credentials", "origin-protocol", "bad-credentials")
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\nX-Smuggled: yes\r\n\r\n"

type Ask = Callable[[], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Client:
    group: str
    name: str
    ask: Ask
    expected: tuple[str, ...]
    attackers: int = 2


@dataclass
class Clients:
    """All of them, for one gateway. `tls`: an origin that speaks HTTP/2, as a URL."""

    gate: Gate
    witness: Witness
    desk: Desk
    tls: str

    def all(self) -> list[Client]:
        return [*self.strangers(), *self.smugglers(), *self.targets(), *self.floods(), *self.crowds()]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.witness.port}/page"

    def _get(self, *fields: str, url: str = "") -> Ask:
        """GET with these fields on a connection of its own."""
        url = url or self.url
        lines = [f"GET {url} HTTP/1.1", f"Host: {urlsplit(url).netloc}", "Connection: close", *fields]
        return self._raw("\r\n".join(lines).encode() + b"\r\n\r\n")

    def _raw(self, data: bytes, patience: float = 10.0) -> Ask:
        async def ask() -> Answer:
            began = time.perf_counter()
            try:
                raw = await attack.raw(self.gate.proxy, data, patience)
            except OSError:
                raw = b""
            return attack.judge(raw, time.perf_counter() - began)

        return ask

    def strangers(self) -> list[Client]:
        wrong, who = ("bad-credentials",), "who asks"
        revoked = basic("revoked", self.desk.register("revoked"))
        self.desk.revoke("revoked")
        old = basic("rotated", self.desk.register("rotated"))
        self.desk.rotate("rotated")
        signer = Signer(self.desk, "signer", self.desk.register("signer"))
        connect = f"CONNECT 127.0.0.1:{self.witness.port} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        return [
            Client(who, "nobody", self._get(), ("no-credentials",)),
            Client(who, "nobody, for a tunnel", self._raw(connect, 3.0), ("no-credentials",)),
            Client(who, "a token of a revoked job", self._get(revoked), ("job-inactive", *wrong)),
            Client(who, "a token that was rotated", self._get(old), wrong),
            Client(who, "a signature that is over", self._get(signer(self.url, seconds=-60)), wrong),
            Client(who, "a signature for another host", self._get(signer("http://other.example/")), wrong),
            Client(who, "a signature of ten years", self._get(signer(self.url, seconds=315_360_000)), wrong),
            Client(who, "guesses at one job, 100 at a time", self._guess, wrong, attackers=100),
            Client(who, "guesses at 1,000,000 jobs, 400 at a time", self._guess_jobs, (*wrong, "none"), attackers=400),
        ]

    async def _guess(self) -> Answer:
        return await self._get(basic("steady", f"{time.perf_counter_ns():x}"))()

    async def _guess_jobs(self) -> Answer:
        return await self._get(basic(f"job-{time.perf_counter_ns()}", "x"))()

    def smugglers(self) -> list[Client]:
        """Each has a second request within, without credentials: that may be refused, and may not be answered."""
        frame = {
            "Content-Length, then chunks (CL.TE)": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "chunks, then Content-Length (TE.CL)": b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
            "chunked spelled twice (TE.TE)": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
            "a tab before chunked": b"Transfer-Encoding:\tchunked, x\r\n\r\n0\r\n\r\n",
            "two lengths": b"Content-Length: 0\r\nContent-Length: 90\r\n\r\n",
            "a signed length": b"Content-Length: +0\r\n\r\n",
            "a folded field": b"X: y\r\n Content-Length: 90\r\n\r\n",
            "a bare LF between fields": b"X: y\nContent-Length: 90\r\n\r\n",
            "a bare CR between fields": b"X: y\rContent-Length: 90\r\n\r\n",
            "a space before the colon": b"Content-Length : 90\r\n\r\n",
            "a chunk size of 20 digits": b"Transfer-Encoding: chunked\r\n\r\n10000000000000000000\r\n",
            "a chunk that ends in a bare LF": b"Transfer-Encoding: chunked\r\n\r\n0\n\n",
            "two hosts": b"Host: other.example\r\nContent-Length: 0\r\n\r\n",
            "an upgrade to h2c": b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: 0\r\n\r\n",
        }
        head = f"POST {self.url} HTTP/1.1\r\nHost: 127.0.0.1:{self.witness.port}\r\n{self.gate.hostile}\r\n".encode()
        return [
            Client("two requests in one", name, self._smuggle(head + rest + SMUGGLED), NEITHER)
            for name, rest in frame.items()
        ]

    def _smuggle(self, data: bytes) -> Ask:
        send = self._raw(data, 2.0)

        async def ask() -> Answer:
            answer = await send()
            return Answer(answer.status, "smuggled", answer.seconds) if self.witness.saw(b"X-Smuggled") else answer

        return ask

    def targets(self) -> list[Client]:
        ports = (1, 22, 25, 53, 110, 587, 993)
        own = [urlsplit(url).port for url in (self.gate.proxy, self.gate.gateway.console)]
        hosts = ("127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]", "0.0.0.0")
        metadata = ("169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "[::ffff:169.254.169.254]",
                    "[64:ff9b::a9fe:a9fe]", "[fd00:ec2::254]", "100.100.100.200")  # fmt: skip
        where = "where it leads"
        own_refused = ("address-refused",)
        return [
            Client(where, f"ports {', '.join(map(str, ports))}",
                   self._each(f"http://127.0.0.1:{port}/" for port in ports), ("port-refused",)),
            Client(where, "those ports, by CONNECT", self._connects(f"127.0.0.1:{port}" for port in ports),
                   ("port-refused",)),
            Client(where, "the gateway and its console, in seven spellings",
                   self._each(f"http://{host}:{port}/metrics" for host in hosts for port in own), own_refused),
            Client(where, "gateway and console, by CONNECT",
                   self._connects(f"{host}:{port}" for host in hosts for port in own), own_refused),
            Client(where, "metadata services, in eight spellings", self._each(f"http://{host}/" for host in metadata),
                   own_refused),
        ]  # fmt: skip

    def _each(self, urls: "AsyncIterator[str] | object") -> Ask:
        """The next of them with each call."""
        return self._turns([self._get(self.gate.hostile, url=url) for url in urls])  # type: ignore[attr-defined]

    def _connects(self, authorities: object) -> Ask:
        return self._turns(
            [
                self._raw(f"CONNECT {it} HTTP/1.1\r\nHost: {it}\r\n{self.gate.hostile}\r\n\r\n".encode(), 3.0)
                for it in authorities  # type: ignore[attr-defined]
            ]
        )

    @staticmethod
    def _turns(asks: list[Ask]) -> Ask:
        turn = 0

        async def ask() -> Answer:
            nonlocal turn
            turn += 1
            return await asks[turn % len(asks)]()

        return ask

    def floods(self) -> list[Client]:
        group = "HTTP/2 client"
        request = b"\x82\x87\x84\x41\x0a127.0.0.1:"  # GET, https, /, :authority as far as it matters

        def rapid() -> bytes:
            numbers = range(1, 2 * frames.MANY, 2)
            return b"".join(
                frames.frame(frames.HEADERS, frames.END_HEADERS | frames.END_STREAM, number, request)
                + frames.frame(frames.RST_STREAM, 0, number, struct.pack(">I", 8))
                for number in numbers
            )

        head = frames.frame(frames.HEADERS, 0, 1, b"\x82")
        blocks: dict[str, tuple[bytes, Callable[[], bytes]]] = {
            "requests taken back at once (rapid reset)": (b"", rapid),
            "a head out of a table, again and again": (
                b"",
                lambda: frames.frame(frames.HEADERS, frames.END_HEADERS | frames.END_STREAM, 1, frames.bomb()),
            ),
            **{name: (head if "CONTINUATION" in name else b"", block) for name, (_, block) in frames.FLOODS.items()
               if name.split(" ")[0] in ("CONTINUATION", "PING", "SETTINGS", "PRIORITY", "WINDOW_UPDATE", "unknown")},
        }  # fmt: skip
        return [Client(group, name, self._flood(*both), ("closed",)) for name, both in blocks.items()]

    def _flood(self, start: bytes, block: Callable[[], bytes]) -> Ask:
        trust = attack.trusting(self.gate.ca, "h2")

        async def ask() -> Answer:
            began = time.perf_counter()
            with suppress(OSError, ssl.SSLError, EOFError):
                reader, writer = await attack.tunnel(self.gate.proxy, self.tls, self.gate.hostile, trust)
                writer.write(frames.PREFACE + frames.frame(frames.SETTINGS, 0, 0) + start)
                data, reading = block(), asyncio.ensure_future(reader.read(-1))
                try:
                    while not reading.done() and time.perf_counter() < began + PATIENCE:
                        writer.write(data)
                        await writer.drain()
                        await asyncio.sleep(0)  # drain itself gives nobody a turn
                finally:
                    reading.cancel()
                    writer.close()
            seconds = time.perf_counter() - began
            return Answer(0, "closed" if seconds < PATIENCE else "open", seconds)

        return ask

    def crowds(self) -> list[Client]:
        group = "how much at once"
        url, host = self.url, f"127.0.0.1:{self.witness.port}"
        connect = f"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n{self.gate.hostile}\r\n\r\n".encode()
        half = f"GET {url} HTTP/1.1\r\nHost: {host}\r\nX: ".encode()
        big = f"POST {url} HTTP/1.1\r\nHost: {host}\r\n{self.gate.hostile}\r\n"
        chunked = (big + "Transfer-Encoding: chunked\r\n\r\n").encode()
        bytes_, extended = b"x" * (1 << 16), b"1;" + b"e" * 1000 + b"\r\nx\r\n"
        refused = ("none", "closed", "client-protocol")
        cut = ("client-protocol", "limit-body", "none", "limit-seconds", "closed")
        piece = b"10000\r\n" + bytes(1 << 16) + b"\r\n"
        return [
            Client(group, f"{IDLE:,} connections that say nothing", self._crowd(IDLE, b"", 0.0), ("closed",), 1),
            Client(group, f"{SLOW} heads, a byte a second", self._crowd(SLOW, half, 1.0), ("closed",), 1),
            Client(group, f"{SLOW} tunnels, a byte of TLS a second", self._crowd(SLOW, connect, 1.0), ("closed",), 1),
            Client(group, "a head without end", self._endless(half, bytes_), refused),
            Client(group, "a request line without end", self._endless(b"GET http://", bytes_), refused),
            Client(group, "an upload of 4 GB", self._endless(f"{big}Content-Length: {UPLOAD}\r\n\r\n".encode(),
                                                            bytes(1 << 16)), cut),
            Client(group, "an upload in chunks without end", self._endless(chunked, piece), cut),
            Client(group, "an upload in chunks of a byte", self._endless(chunked, b"1\r\nx\r\n" * 10_000), cut),
            Client(group, "an upload, extensions without end", self._endless(chunked, extended), cut),
            Client(group, f"{AHEAD:,} requests sent ahead", self._ahead, ("clear", *refused)),
        ]  # fmt: skip

    def _crowd(self, count: int, start: bytes, every: float) -> Ask:
        """So many connections; each says `start`, and then a byte now and then. Until all are closed."""
        address = urlsplit(self.gate.proxy)

        async def one() -> None:
            with suppress(OSError):
                reader, writer = await asyncio.open_connection(address.hostname, address.port)
                reading = asyncio.ensure_future(reader.read(-1) if not start else _over(reader))
                try:
                    writer.write(start)
                    while not reading.done():
                        await asyncio.wait([reading], timeout=every or None)
                        if every:
                            writer.write(b"x")
                finally:
                    reading.cancel()
                    writer.close()

        async def ask() -> Answer:
            began = time.perf_counter()
            try:
                async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
                    for _ in range(count):
                        tasks.create_task(one())
            except TimeoutError:
                return Answer(0, "open", time.perf_counter() - began)
            return Answer(0, "closed", time.perf_counter() - began)

        return ask

    def _endless(self, start: bytes, block: bytes) -> Ask:
        address = urlsplit(self.gate.proxy)

        async def ask() -> Answer:
            began, said = time.perf_counter(), b""
            with suppress(OSError, EOFError):
                reader, writer = await asyncio.open_connection(address.hostname, address.port)
                reading = asyncio.ensure_future(reader.read(1 << 16))
                try:
                    writer.write(start)
                    while not reading.done() and time.perf_counter() < began + PATIENCE:
                        writer.write(block)
                        await writer.drain()
                        await asyncio.sleep(0)  # drain itself gives nobody a turn
                    said = await reading if reading.done() else b""
                finally:
                    reading.cancel()
                    writer.close()
            seconds = time.perf_counter() - began
            if not said:
                return Answer(0, "closed" if seconds < PATIENCE else "open", seconds)
            return attack.judge(said, seconds)

        return ask

    async def _ahead(self) -> Answer:
        """One connection; how the last of them ended."""
        head = f"GET {self.url} HTTP/1.1\r\nHost: x\r\n{self.gate.hostile}\r\n\r\n".encode()
        began = time.perf_counter()
        last = head.replace(b"Host: x\r\n", b"Host: x\r\nConnection: close\r\n")
        try:
            async with asyncio.timeout(PATIENCE):
                raw = await attack.raw(self.gate.proxy, head * (AHEAD - 1) + last)
        except (OSError, TimeoutError):
            raw = b""
        return attack.judge(raw, time.perf_counter() - began)


async def _over(reader: asyncio.StreamReader) -> None:
    """Until the other side closes, whatever it says."""
    with suppress(OSError):
        while await reader.read(1 << 16):
            pass


async def run(bench: Bench, client: Client) -> Row:
    return await bench.run(client.group, client.name, client.ask, client.expected, client.attackers)
