"""The rounds: each body through each contestant in turn, so that a machine that slows down slows all of them down."""

import asyncio
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.gate import crawl, processes
from benchmarks.gate.bodies import BODIES
from benchmarks.gate.drive import drive
from benchmarks.proxies import Proxy

WARM_UP = 2.0  # seconds before the first round of a body: imports, first connections, the network's first look

type Row = dict[str, Any]
type Tick = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    bodies: Sequence[str]
    rounds: int
    seconds: float
    connections: int
    latency_seconds: float


def throughput(origin: str, proxies: Mapping[str, Proxy], plan: Plan, tick: Tick) -> list[Row]:
    """As fast as the answers come. One row a round."""
    rows: list[Row] = []
    for name, number in itertools.product(plan.bodies, range(plan.rounds + 1)):
        body = BODIES[name]
        for title, proxy in proxies.items():
            tick(f"{name}, {title}, " + (f"round {number} of {plan.rounds}" if number else "warming up"))
            seconds = plan.seconds if number else min(WARM_UP, plan.seconds)
            at = f"{origin}{body.path}"
            before = processes.cpu_seconds(proxy.pid)
            run = drive(proxy.url, at, fresh=body.fresh, connections=plan.connections, seconds=seconds)
            cpu = processes.cpu_seconds(proxy.pid) - before
            processes.settle(proxy.pid)
            if number:
                each = cpu * 1000 / run.good if run.good and processes.known() else None
                rows.append({"body": name, "proxy": title, "round": number, **asdict(run), "cpu_ms": each})
    return rows


def latency(origin: str, proxy: Proxy, rates: Mapping[str, float], plan: Plan, tick: Tick) -> list[Row]:
    """What `proxy` adds to going to the origin directly, with so many requests a second coming in either case."""
    rows: list[Row] = []
    for (name, rate), (way, through) in itertools.product(rates.items(), (("direct", None), ("facegate", proxy.url))):
        tick(f"latency of {name}, {way}, {rate:.0f} a second")
        at, seconds = f"{origin}{BODIES[name].path}", plan.latency_seconds
        load = asyncio.run(crawl.paced(through, at, connections=plan.connections, seconds=seconds, rate=rate))
        ms = {f"p{share * 100:.0f}_ms": crawl.percentile(load, share) for share in (0.5, 0.99)}
        rows.append({"body": name, "way": way, "rate": rate, **ms, "bad": load.bad})
    return rows
