"""One gateway process: state, workers, chain and Master put together, run, drained.

python -m facegate.serve.gateway JSON --status-fd=N --life-fd=N
"""

import asyncio
import gc
import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from facegate_addons.domain import alarms
from facegate_addons.domain.addresses import Egress
from facegate_addons.domain.ports import Inspector, SharedVerdicts
from facegate_addons.hooks.bindings import Bindings
from facegate_addons.hooks.chain import Parts, chain
from facegate_addons.hooks.inflight import InFlight
from facegate_addons.hooks.peers import Peers
from facegate_addons.hooks.room import Room
from facegate_addons.hooks.slowdown import Slowdown
from facegate_addons.hooks.socks import Socks
from facegate_addons.verdicts.memory import Memory
from facegate_addons.verdicts.remembering import Remembering
from facegate_addons.wire import few, modes
from facegate_addons.wire.master import Gateway, WireSettings
from facegate_addons.wire.resolver import GuardedLoop, to_ours
from facegate_addons.wire.scrub import Scrub
from facegate_addons.workers.pool import InspectionPool, PoolFailed
from facegate_addons.workers.protocol import WorkerSettings

from facegate.config import Config, load
from facegate.errors import ConfigError, FacegateError, HomeError
from facegate.hostport import port_ranges
from facegate.ledger.chained import ChainedLedger
from facegate.logs.begin import begin
from facegate.metrics import ended, folder
from facegate.metrics.counted import CountedErrors, CountedLedger, TimedInspector, TimedVault, Totals
from facegate.metrics.meters import Meters
from facegate.modes import kind, upstream_credentials, upstream_of
from facegate.quarantine.corrected import Corrected
from facegate.quarantine.delivery import ReleaseDesk
from facegate.quarantine.keys import KeyRing
from facegate.quarantine.storage import blobs_of
from facegate.quarantine.vault import SealedVault
from facegate.samples.store import SampleStore
from facegate.sections import Cache, Traces
from facegate.selftest.startup import Proof, self_test
from facegate.serve.arguments import GatewayArguments
from facegate.serve.child import LEAVE
from facegate.serve.lag import LoopLag
from facegate.serve.leaving import until_left
from facegate.serve.parent import Stop, tell
from facegate.serve.periodic import every
from facegate.serve.policy import PolicyInForce
from facegate.serve.services import AGAIN_SECONDS, Place, Services
from facegate.serve.sizes import inspectors
from facegate.serve.tunnels import Tunnel, tunnels
from facegate.serve.upkeep import Kept, Upkeep
from facegate.serve.watched import Watched, keep_reporting, report
from facegate.shared.opened import SQLITE, open_state
from facegate.state.home import Home
from facegate.state.registry import LOCAL_JOB, JobRegistry
from facegate.state.secret import identity_secret

if TYPE_CHECKING:
    from facegate.shared.verdicts import RedisVerdicts
    from facegate.traces.woven import Woven

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 30.0  # for what is under way when the gateway is told to stop
UNSENT_SECONDS = 0.05  # between two looks at what clients have not read; asyncio tells of no empty buffer
PROBE_SECONDS = 10.0  # between two looks whether the vault's storage answers: readiness says so before a body is lost


def main() -> None:
    arguments = GatewayArguments(**json.loads(sys.argv[1]))
    status_fd, life_fd = (int(argument.partition("=")[2]) for argument in sys.argv[2:4])
    listening = [int(text) for argument in sys.argv[4:5] for text in argument.partition("=")[2].split(",")]
    for descriptor in listening:
        os.set_inheritable(descriptor, False)  # a worker that held it would keep the port open
    why = ""
    try:
        config = load(Path(arguments.source) if arguments.source else None, **arguments.overrides)
        begin(config.log, f"gateway-{arguments.index}", Scrub())
        with asyncio.Runner(loop_factory=lambda: GuardedLoop(few.selector())) as runner:
            runner.run(_run(config, arguments, status_fd, life_fd, listening))
    except* (FacegateError, PoolFailed) as errors:  # a task group wraps what its tasks raise
        why = str(_first(errors))
    if why:
        tell(status_fd, why)
        sys.exit(2)


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _run(
    config: Config, arguments: GatewayArguments, status_fd: int, life_fd: int, listening: Sequence[int]
) -> None:
    stop = Stop(life_fd)
    loop = asyncio.get_running_loop()
    assert isinstance(loop, GuardedLoop)
    policy = PolicyInForce(config, arguments.overrides)
    loop.add_signal_handler(signal.SIGHUP, policy.reload)
    leave = asyncio.Event()
    loop.add_signal_handler(LEAVE, leave.set)
    home = Home.prepare(config)
    database = open_state(home, config.state, follow=True)
    keys = KeyRing.open(home, config.vault, database)
    pixels, blobs = config.vault.pixels == "keep", blobs_of(config.vault, home, database)
    vault = SealedVault(home, database, keys, config.vault.keep_for, pixels=pixels, blobs=blobs)
    ledger = ChainedLedger(home.ledger, f"gateway-{arguments.index}", rotation=config.ledger.rotation)
    secret = identity_secret(database, keys.current)
    registry = JobRegistry(database, ledger, secret, lambda: policy.config.accumulation.thresholds)
    samples = SampleStore(home, database, secret, config.sample.keep_for, config.sample.most)
    corrected = Corrected(database)
    inflight = InFlight()
    room = Room(config.limits.inflight, config.limits.body)
    bindings = Bindings()
    peers = tunnels(config, home, arguments.port)
    policy.begin(ledger)
    upkeep: Upkeep | None = None
    traced: Woven | None = None
    try:
        upkeep = Upkeep(Kept(home, config, database, ledger, vault, samples, policy))
        await registry.start()
        await corrected.start()
        await asyncio.to_thread(vault.clean_orphans)
        settings = config.worker_settings
        meters = Meters()
        folder.reserve(home.run)
        _add_up(home.run)
        logging.getLogger().addHandler(CountedErrors(meters))
        alarms.listen(meters.alarmed)
        traced = _traced(config.traces, arguments.index, meters)
        waited = traced.waited if traced else meters.waited
        tested: Proof | None = None
        size = inspectors(config.listen, arguments.gateways)

        def told_of_wait(seconds: float) -> None:
            if tested is not None:  # else it was no traffic
                waited(seconds)

        async with InspectionPool(settings, size, meters.worker_ended, told_of_wait) as pool:
            wire = _wire_settings(config, home, arguments.port, policy, peers)
            tested = await self_test(loop, wire, pool, home.run)
            services = Services(config.state)
            _send_out(loop, config, arguments.own_ports, await asyncio.to_thread(services.look))
            looking = TimedInspector(pool, meters)
            told = _told(config)
            remembering = None
            if config.cache.verdicts:
                remembering = _remembering(looking, pool, settings, config.cache, told, traced)
            gateway = Gateway(replace(wire, listening=listening))
            slowdown = Slowdown(ledger, lambda: policy.identities.longest_delay)
            parts = Parts(
                registry=registry,
                inspector=remembering or looking,
                vault=TimedVault(vault, meters),
                ledger=CountedLedger(ledger, meters),
                destinations=loop,
                connections=gateway,
                bindings=bindings,
                fallback=None if config.identity_required else LOCAL_JOB,
                policy=lambda: policy.now,
                versions=pool.versions,
                keep=config.vault.keep_for,
                limits=config.limits,
                identities=lambda: policy.identities,
                corrections=corrected,
                releases=ReleaseDesk(database, vault, ledger),
                slowdown=slowdown,
                samples=samples,
                sampling=config.sample.rate,
            )
            if traced:
                parts = traced.parts(parts)
            lag = LoopLag()
            watched = Watched(
                pool,
                ledger,
                vault,
                registry,
                policy,
                inflight,
                gateway,
                remembering,
                Totals(meters),
                database,
                tested,
                lag,
                told,
            )
            known = Peers(bindings, {peer.spec: peer.job for peer in peers if peer.job})
            addons = [known, Socks(registry, bindings, slowdown), *chain(parts), room, inflight]
            gateway.add(traced.addons(addons) if traced else addons)
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(gateway.run())
                if not await gateway.listening():
                    raise HomeError(f"listen: port {arguments.port} could not be opened")
                await report(home.run, arguments.index, watched)  # who reads `ready` may ask whether it is
                keeping = [
                    tasks.create_task(keep_reporting(home.run, arguments.index, watched)),
                    tasks.create_task(lag.watch()),
                    tasks.create_task(policy.remind()),
                    tasks.create_task(every(PROBE_SECONDS, vault.probe, "storage")),
                    tasks.create_task(upkeep.keep()),
                ]
                if config.state.url != SQLITE:
                    looking_again = partial(_look_again, loop, services)
                    keeping.append(tasks.create_task(every(AGAIN_SECONDS, looking_again, "addresses of the state")))
                if told is not None:
                    with to_ours():
                        keeping.append(tasks.create_task(told.run()))
                gc.collect()
                gc.freeze()  # a hundred thousand objects that stay: no later collection stops to look at them
                tell(status_fd, "ready")
                await _either(stop, leave)
                gateway.leave()
                await gateway.close_port()
                if leave.is_set():
                    await until_left(gateway, inflight, stop, config.limits.response)
                await _drain(inflight, gateway)
                for task in keeping:
                    task.cancel()
                gateway.stop()
                await running
    finally:
        if traced is not None:
            await asyncio.to_thread(traced.end)
        ledger.close()
        if upkeep is not None:
            upkeep.end()
        vault.close()
        await registry.stop()
        await corrected.stop()
        database.close()


def _send_out(loop: GuardedLoop, config: Config, own_ports: Sequence[int], services: frozenset[Place]) -> None:
    """From here on origins can be reached."""
    ports, own = port_ranges(config.egress.ports), frozenset(own_ports)
    loop.egress = Egress(config.private_allowed, ports, own, services)
    if upstream := upstream_of(config.listen.mode):
        loop.upstream = (upstream.host, upstream.port)


def _look_again(loop: GuardedLoop, services: Services) -> None:
    found = services.look()
    assert loop.egress is not None
    loop.egress = replace(loop.egress, services=found)


async def _either(*events: asyncio.Event) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


async def _drain(inflight: InFlight, gateway: Gateway) -> None:
    """Wait for what is under way, and then for clients that still read: an answer in a buffer is not delivered."""
    loop = asyncio.get_running_loop()
    until = loop.time() + DRAIN_SECONDS
    if not await inflight.drained(DRAIN_SECONDS):
        logger.warning("%d exchanges were cut off by the stop", len(inflight))
    while gateway.unsent and loop.time() < until:  # noqa: ASYNC110 - there is no such event
        await asyncio.sleep(UNSENT_SECONDS)


def _remembering(
    inspector: Inspector,
    pool: InspectionPool,
    settings: WorkerSettings,
    cache: Cache,
    told: SharedVerdicts | None,
    traced: "Woven | None",
) -> Remembering:
    memory = Memory(cache.verdicts, cache.bytes, cache.keep_for.total_seconds())
    heard = {"heard": traced.heard} if traced else {}
    return Remembering(inspector, memory, settings, lambda: pool.versions, told, **heard)


def _add_up(run: Path) -> None:
    try:
        ended.add_up(run / folder.NAME)
    except OSError as error:  # the next start will do
        logger.warning("metrics of ended gateways stay in files of their own (%s)", error.strerror)


def _traced(settings: Traces, index: int, meters: Meters) -> "Woven | None":
    """None where no collector is named; only else OpenTelemetry is imported. Raises ConfigError, HomeError."""
    if not settings.endpoint:
        return None
    try:
        from facegate.traces.woven import Woven
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("opentelemetry", "requests"):
            raise
        says = "install it, or leave traces.endpoint away"
        raise ConfigError(f"traces.endpoint needs OpenTelemetry, which facegate[otel] brings; {says}") from None
    return Woven.of(settings, f"gateway-{index}", meters)


def _told(config: Config) -> "RedisVerdicts | None":
    """What other gateways saw, where there is something that they share."""
    if config.state.url == SQLITE or not (config.cache.verdicts and config.cache.shared):
        return None
    from facegate.shared.verdicts import RedisVerdicts  # and redis with it

    return RedisVerdicts.of(config.state, config.cache.keep_for.total_seconds())


def _wire_settings(
    config: Config, home: Home, port: int, policy: PolicyInForce, peers: Sequence[Tunnel] = ()
) -> WireSettings:
    listen = config.listen
    return WireSettings(
        listen.host,
        port,
        home.ca,
        config.limits.body,
        config.egress.trusted_ca,
        asks_certificates=lambda: bool(policy.identities.certificates),
        modes=_specs(listen.mode, peers),
        upstream_auth=upstream_credentials(listen.mode, listen.upstream_auth),
        balancers=listen.proxy_protocol,
    )


def _specs(mode: str, peers: Sequence[Tunnel]) -> list[str]:
    """As mitmproxy spells them."""
    if upstream := upstream_of(mode):
        return [modes.upstream(upstream.scheme, upstream.host, upstream.port)]
    plain = {"regular": modes.REGULAR, "socks5": modes.SOCKS5, "transparent": modes.TRANSPARENT}
    return [peer.spec for peer in peers] or [plain[kind(mode)]]


if __name__ == "__main__":
    main()
