"""The Prometheus text format: what the gateways counted, and how each of them is."""

import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from facegate.console.gateways import STALE, Status, Unreadable, gateways, observing
from facegate.errors import HomeError
from facegate.ledger.standing import standing
from facegate.metrics.ended import undisturbed
from facegate.metrics.folder import NAME
from facegate.state.home import Home

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class Gateways(Collector):
    """How each gateway says that it is. One whose status cannot be read is there, and not ready; what else it does is
    not known and not said."""

    def __init__(self, run: Path) -> None:
        self._run = run

    def collect(self) -> Iterator[Metric]:
        statuses = gateways(self._run, time.time())
        known = [status for status in statuses if isinstance(status, Status)]
        shared = [(status, status.following) for status in known if status.following is not None]
        observes = "1 while any gateway withholds nothing: [policy] mode is observe."
        yield GaugeMetricFamily("facegate_observe_mode", observes, value=observing(statuses))
        for name, meaning, samples in (
            ("observe_mode", "1 while this gateway withholds nothing.", [(s, s.observes) for s in known]),
            ("ready", "1 while this gateway takes requests.", [(s, _ready(s)) for s in statuses]),
            ("vault_answers", "1 while the vault's storage answers.", [(s, "vault" not in s.why) for s in known]),
            ("workers", "Inspection workers of this gateway that are alive.", [(s, s.workers) for s in known]),
            ("waiting_inspections", "Bodies that wait for a worker.", [(s, s.waiting) for s in known]),
            ("exchanges_under_way", "Requests without an answer yet.", [(s, s.under_way) for s in known]),
            ("ledger_lines_waiting", "Ledger lines that are not on disk yet.", [(s, s.unwritten) for s in known]),
            (
                "self_test_seconds",
                "What the self-test before this gateway served took.",
                [(s, s.tested_seconds) for s in known],
            ),
            ("self_test_ways", "Ways past a proxy that it tried, in vain.", [(s, s.tested_ways) for s in known]),
            ("state_connected", "1 while the shared state is heard.", [(s, f.connected) for s, f in shared]),
            ("state_behind", "Changes of other nodes that are not here yet.", [(s, f.behind) for s, f in shared]),
            ("state_heard_age_seconds", "Since the last word of the shared state.", [(s, f.heard) for s, f in shared]),
            (
                "report_age_seconds",
                "Seconds since this gateway wrote its status, as it does every second.",
                [(s, max(0.0, s.age)) for s in known],
            ),
        ):
            yield _gauge(f"facegate_gateway_{name}", meaning, samples)


class VerifiedLedger(Collector):
    """How the ledger stood when it was last verified; nothing before it first was."""

    def __init__(self, run: Path) -> None:
        self._home = Home(run.parent)

    def collect(self) -> Iterator[Metric]:
        found = standing(self._home)
        if found is None:
            return
        at = datetime.fromisoformat(found.at).timestamp()
        yield GaugeMetricFamily("facegate_ledger_lines", "Lines when it was verified last.", value=found.lines)
        yield GaugeMetricFamily("facegate_ledger_damaged_places", "Places that are damaged.", value=len(found.bad))
        yield GaugeMetricFamily("facegate_ledger_verified_timestamp_seconds", "When it was verified last.", value=at)


class Counted(MultiProcessCollector):
    """Each process' counts once, whoever adds up those of others meanwhile."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        super().__init__(None, str(folder))  # type: ignore[no-untyped-call]

    def collect(self) -> Iterable[Metric]:
        with undisturbed(self._folder):
            found: Iterable[Metric] = super().collect()  # type: ignore[no-untyped-call]
            return found


def registry(run: Path) -> CollectorRegistry:
    """Of all gateways whose `home.run` this is."""
    found = CollectorRegistry()
    found.register(Gateways(run))
    found.register(VerifiedLedger(run))
    if (run / NAME).is_dir():  # else nobody serves
        found.register(Counted(run / NAME))
    return found


def exposition(run: Path) -> bytes:
    return generate_latest(registry(run))


def serve(run: Path, host: str, port: int) -> tuple[WSGIServer, Thread]:
    """On a port of its own, in a thread. Raises HomeError."""
    try:
        return start_http_server(port, host, registry(run))
    except OSError as error:
        raise HomeError(f"metrics.port: {host}:{port} cannot be listened on ({error.strerror})") from None


def _ready(status: Status | Unreadable) -> bool:
    return isinstance(status, Status) and status.ready and status.age <= STALE


def _gauge(name: str, meaning: str, samples: Iterable[tuple[Status | Unreadable, float]]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=["gateway"])
    for status, value in samples:
        family.add_metric([status.name.removeprefix("gateway-")], float(value))
    return family
