"""Handshakes a second with clients, as mitmproxy's own addon makes them and as ours does; in memory, without a network.

The server's share of the CPU time is what a gateway pays; what the client takes is left out.
"""

import contextlib
import json
import ssl
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
from facegate import ca
from facegate_addons.wire.client_tls import ClientTls
from facegate_addons.wire.install import install
from mitmproxy.addons.tlsconfig import TlsConfig
from mitmproxy.connection import Client
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers import ClientTLSLayer, HttpLayer, ServerTLSLayer
from mitmproxy.proxy.layers.http import HTTPMode
from mitmproxy.proxy.layers.modes import HttpProxy
from mitmproxy.test import taddons
from mitmproxy.tls import TlsData
from OpenSSL import SSL

KINDS = ("new", "known", "resumed")


class Server:
    """The end inside of a tunnel, with the time it has taken."""

    def __init__(self, addon: TlsConfig, addons: taddons.context, name: str) -> None:
        self.seconds = 0.0
        client = Client(peername=("127.0.0.1", 5000), sockname=("127.0.0.1", 8080))
        client.sni = name
        context = Context(client, addons.options)
        HttpProxy(context)
        HttpLayer(context, HTTPMode.regular)
        ServerTLSLayer(context)
        ClientTLSLayer(context)
        data = TlsData(client, context)
        self._timed(lambda: addon.tls_start_client(data))
        assert data.ssl_conn is not None
        self._connection = data.ssl_conn

    def answer(self, data: bytes) -> bytes:
        with contextlib.suppress(SSL.WantReadError):
            self._timed(lambda: self._step(data))
        with contextlib.suppress(SSL.WantReadError):
            return self._connection.bio_read(65536)
        return b""

    def _step(self, data: bytes) -> None:
        self._connection.bio_write(data)
        self._connection.do_handshake()

    def _timed(self, do: Callable[[], None]) -> None:
        begun = time.thread_time()
        try:
            do()
        finally:
            self.seconds += time.thread_time() - begun


def handshake(server: Server, trusting: ssl.SSLContext, name: str, again: ssl.SSLSession | None) -> ssl.SSLObject:
    reads, writes = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(reads, writes, server_hostname=name, session=again)
    for _ in range(2):
        with contextlib.suppress(ssl.SSLWantReadError):
            client.do_handshake()
        reads.write(server.answer(writes.read()))
    with contextlib.suppress(ssl.SSLWantReadError):
        client.read()
    return client


def measured(addon: TlsConfig, folder: Path, count: int) -> dict[str, float]:
    """Handshakes a second by KINDS, of CPU time."""
    trusting = ssl.create_default_context(cafile=ca.certificate_path(folder))
    with taddons.context(addon) as addons:
        addons.configure(addon, confdir=str(folder))

        def seconds(name: str, session: ssl.SSLSession | None = None) -> tuple[float, ssl.SSLSession | None]:
            server = Server(addon, addons, name)
            client = handshake(server, trusting, name, session)
            if client.session_reused is not (session is not None):
                raise click.ClickException("a session was resumed, or not, against expectation")
            return server.seconds, client.session

        seconds("known.example")
        new = [seconds(f"host-{number}.example")[0] for number in range(count)]
        known = [seconds("known.example")[0] for _ in range(count)]
        _, session = seconds("known.example")
        resumed = [seconds("known.example", session)[0] for _ in range(count)]
    return {kind: 1 / statistics.median(took) for kind, took in zip(KINDS, (new, known, resumed), strict=True)}


@click.command(help=__doc__)
@click.option("--count", default=300, show_default=True, help="handshakes of each kind")
@click.option("--rounds", default=3, show_default=True, help="the median of so many counts; both take turns")
@click.option("--json", "as_json", is_flag=True)
def main(count: int, rounds: int, as_json: bool) -> None:
    install()
    with tempfile.TemporaryDirectory() as there:
        folder = Path(there) / "ca"
        ca.prepare(folder)
        makers: dict[str, Callable[[], TlsConfig]] = {
            "mitmproxy": TlsConfig,
            "facegate": lambda: ClientTls(lambda: False),
        }
        runs = {name: [measured(make(), folder, count) for _ in range(rounds)] for name, make in makers.items()}
    rates = {
        name: {kind: statistics.median(run[kind] for run in found) for kind in KINDS} for name, found in runs.items()
    }
    if as_json:
        click.echo(json.dumps(rates))
        return
    click.echo("| handshakes a second of one core | mitmproxy | facegate | ratio |\n|---|---|---|---|")
    for kind in KINDS:
        theirs, ours = rates["mitmproxy"][kind], rates["facegate"][kind]
        click.echo(f"| {kind} | {theirs:,.0f} | {ours:,.0f} | {ours / theirs:.1f} |")


if __name__ == "__main__":
    main()
