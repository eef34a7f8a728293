"""Starts the gateways and the console, says how to use them, keeps them alive, stops them in order."""

import asyncio
import contextlib
import importlib.metadata
import json
import logging
import shlex
import signal
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from facegate import ca, config
from facegate.config import Config
from facegate.errors import ConfigError
from facegate.hostport import host_port
from facegate.metrics import folder
from facegate.modes import kind
from facegate.serve import usage
from facegate.serve.arguments import GatewayArguments
from facegate.serve.banner import BANNER
from facegate.serve.child import Child
from facegate.serve.fleet import Fleet
from facegate.serve.listener import Listener
from facegate.serve.lock import alone
from facegate.serve.ports import free_port, reserve
from facegate.serve.roll import Roller
from facegate.serve.sizes import gateways
from facegate.serve.slot import DRAIN_SECONDS, Slot
from facegate.serve.tunnels import Tunnel, tunnels
from facegate.state import served
from facegate.state.home import Home

logger = logging.getLogger(__name__)

WATCH_SECONDS = 1.0  # how often the configuration file's time stamp is read


async def supervise(settings: Config, overrides: dict[str, Any]) -> None:
    """Until SIGTERM or SIGINT. Raises HomeError when something cannot start."""
    loop = asyncio.get_running_loop()
    roller = Roller()
    loop.add_signal_handler(signal.SIGUSR2, roller.ask)  # before anybody can learn whom to send it to
    home = Home.prepare(settings)
    with alone(home.run):
        served.note(home, settings.source)
        for left in home.run.glob("gateway-*.json"):  # of gateways that are no more; /readyz would wait for them
            left.unlink(missing_ok=True)
        ca_file = ca.prepare(home.ca)
        _two_addresses(settings)
        console_port = _console_port(settings)
        if settings.metrics.port:
            free_port(settings.metrics.host, settings.metrics.port, "metrics")
        folder.prepare(home.run)
        roller.ready(home.run)
        with _reserved(settings) as port, _listening(settings, port) as listeners:
            peers = tunnels(settings, home, port)
            if peers:
                from facegate.serve.tunnel_keys import prepare  # and mitmproxy with it

                prepare(peers, settings.listen.host)
            fleet = _fleet(settings, overrides, port, console_port, home.run, listeners)
            stop = asyncio.Event()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, stop.set)
            loop.add_signal_handler(signal.SIGHUP, _reload, fleet, settings.source)
            try:
                if not await _started(fleet.children, stop):
                    return
                _say_how_to_use(settings, port, console_port, ca_file, peers)
                async with asyncio.TaskGroup() as tasks:
                    keeping: list[asyncio.Task[None]] = []

                    def keep(child: Child) -> None:
                        keeping.append(tasks.create_task(child.keep()))

                    for child in fleet.children:
                        keep(child)
                    rolling = tasks.create_task(roller.keep(settings, overrides, fleet, keep))
                    keeping.append(tasks.create_task(_watch(fleet, settings.source)))
                    await stop.wait()
                    rolling.cancel()
                    await asyncio.wait([rolling])  # from here on no child is added
                    _close(listeners)  # else the kernel would go on to take connections, for nobody
                    await _stopped(fleet)
                    for task in keeping:
                        task.cancel()
            finally:
                _close(listeners)
                await _stopped(fleet)


@contextlib.contextmanager
def _reserved(settings: Config) -> Iterator[int]:
    """The port crawlers connect to. Those of WireGuard are UDP's, and shared with nobody: they are only tried."""
    host, peers = settings.listen.host, settings.listen.peers
    if kind(settings.listen.mode) != "wireguard":
        with reserve(host, settings.listen.port, "listen") as held:
            yield held.getsockname()[1]
        return
    for job, port in peers.items():
        free_port(host, port, f"listen.peers.{job}", socket.SOCK_DGRAM)
    yield free_port(host, settings.listen.port, "listen", socket.SOCK_DGRAM) if not peers else settings.listen.port


@contextlib.contextmanager
def _listening(settings: Config, port: int) -> Iterator[list[Listener]]:
    """One for each gateway; none where they take datagrams."""
    count = 0 if kind(settings.listen.mode) == "wireguard" else gateways(settings.listen)
    listeners: list[Listener] = []
    try:
        for _ in range(count):
            listeners.append(Listener(settings.listen.host, port, "listen"))  # noqa: PERF401 - closed where one fails
        yield listeners
    finally:
        _close(listeners)


def _close(listeners: Sequence[Listener]) -> None:
    for listener in listeners:
        listener.close()


def _console_port(settings: Config) -> int | None:
    it = settings.console
    return free_port(it.host, it.port, "console") if it.enabled else None


def _fleet(
    settings: Config,
    overrides: dict[str, Any],
    port: int,
    console_port: int | None,
    run: Path,
    listeners: Sequence[Listener] = (),
) -> Fleet:
    own_ports = [each for each in (port, console_port, settings.metrics.port) if each]
    source = str(settings.source) if settings.source else None
    count = gateways(settings.listen)

    def slot(number: int) -> Slot:
        listener = listeners[number] if listeners else None

        def gateway(index: int) -> Child:
            arguments = GatewayArguments(source, overrides, index, port, own_ports, count)
            return Child(f"gateway {number}", ["facegate.serve.gateway", arguments.to_json()], listener)

        return Slot(number, count, gateway, run)

    slots = [slot(number) for number in range(count)]
    return Fleet(slots, [] if console_port is None else [_console(settings, overrides, console_port)])


def _console(settings: Config, overrides: dict[str, Any], port: int) -> Child:
    arguments = ["facegate.console", f"--home={settings.home}"]
    arguments.append(f"--console={host_port(settings.console.host, port)}")
    if settings.source:
        arguments.append(f"--config={settings.source}")
    if overrides:
        arguments.append(f"--overrides={json.dumps(overrides)}")  # to show them
    return Child("console", arguments)


async def _started(children: list[Child], stop: asyncio.Event) -> bool:
    """All at once. False when the operator stopped it meanwhile. Raises the first child's HomeError."""
    starting: asyncio.Future[list[None]] = asyncio.gather(*(child.start() for child in children))
    stopping = asyncio.create_task(stop.wait())
    waited: list[asyncio.Future[Any]] = [starting, stopping]
    await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    if stop.is_set() and not starting.done():
        starting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await starting
        return False
    stopping.cancel()
    await starting
    return True


async def _stopped(fleet: Fleet) -> None:
    await asyncio.gather(*(child.stop(DRAIN_SECONDS) for child in fleet.children))


def _reload(fleet: Fleet, source: Path | None) -> None:
    """Jobs are read anew by themselves; this is for policy. A file with a mistake in it changes nothing."""
    try:
        config.load(source)
    except ConfigError as error:
        logger.error("not reloaded: %s", error)  # noqa: TRY400 - one line, no traceback
        return
    fleet.signal(signal.SIGHUP)


async def _watch(fleet: Fleet, source: Path | None) -> None:
    """There is no portable event for a changed file; its time stamp is read once a second."""
    last = _changed(source)
    while source is not None:
        await asyncio.sleep(WATCH_SECONDS)
        if (now := _changed(source)) != last:
            last = now
            _reload(fleet, source)


def _changed(source: Path | None) -> int:
    try:
        return source.stat().st_mtime_ns if source else 0
    except OSError:
        return 0  # being replaced


def _two_addresses(settings: Config) -> None:
    """Sockets that do not listen yet may share an address; the gateway and the console would not."""
    listen, console = settings.listen, settings.console
    anywhere = {"", "0.0.0.0", "::"} & {listen.host, console.host}  # noqa: S104 - looked for, not bound to
    if (
        console.enabled
        and listen.port == console.port != 0
        and (listen.host == console.host or anywhere)
        and kind(listen.mode) != "wireguard"
    ):
        raise ConfigError(f"listen.port and console.port are both {listen.port}; choose another for one of them")


def _say_how_to_use(
    settings: Config, port: int, console_port: int | None, ca_file: Path, peers: Sequence[Tunnel] = ()
) -> None:
    same = f" --config {shlex.quote(str(settings.source))}" if settings.source else ""
    same += f" --home {shlex.quote(str(settings.home))}" if settings.home != config.default_home() else ""
    lines = [
        f"facegate {importlib.metadata.version('facegate')}",
        f"  proxy    {usage.proxy(settings, port)}",
        f"  CA file  {ca_file}",
        f"  a user   facegate user add NAME --role admin{same}",
        f"  a job    facegate job register FILE.toml{same}",
        *usage.how_to_connect(settings, port, ca_file, peers),
    ]
    if console_port is not None:
        lines.insert(3, f"  console  {settings.console.scheme}://{host_port(settings.console.host, console_port)}/")
    if not settings.identity_required:
        lines.append('  crawlers without credentials run as the built-in job "untargeted"')
    if settings.gate_policy.observes:
        lines.append("  mode     OBSERVE: nothing is withheld")
        click.secho(f"\n  {BANNER}\n", err=True, fg="white", bg="red", bold=True)
    click.echo("\n".join(lines))
    click.echo("ready")
