"""A load for a few seconds, and what came of it: by wrk where it is installed, else by a client of our own.

wrk takes little of the cores that client, proxy and origin share, so ratios are nearer to those of the proxies.
"""

import asyncio
import itertools
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click

from benchmarks.gate import crawl

SCRIPT = Path(__file__).with_name("crawl.lua")
_marks = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Run:
    """`rate` is of good replies a second; latencies are of all replies."""

    rate: float
    good: int
    p50_ms: float
    p99_ms: float
    bad: dict[str, int]


def program() -> str | None:
    return shutil.which("wrk")


def drive(
    proxy: str, url: str, *, fresh: bool, connections: int, seconds: float, credentials: Sequence[str] = ()
) -> Run:
    """Keep-alive connections to `proxy`, one request after the other on each, all for `url` with a mark behind it, with
    each of the `credentials` in turn."""
    wrk = program()
    if wrk is None:
        return _crawl(proxy, url, fresh, connections, seconds, credentials)
    options = [f"-t{min(2, connections)}", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "60s"]
    mark, kind = (f"{next(_marks):x}", "fresh") if fresh else ("same", "same")
    argv = [wrk, *options, "-s", SCRIPT, proxy, "--", url, urlsplit(url).netloc, mark, kind, *credentials]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=seconds + 120, check=True)
    except subprocess.CalledProcessError as error:
        raise click.ClickException(f"wrk: {(error.stderr or error.stdout).strip()}") from None
    told = json.loads(done.stdout.splitlines()[-1])
    bad = {name: told[name] for name in ("statuses", "broken") if told[name]}
    good = told["requests"] - told["statuses"]
    return Run(good / told["seconds"], good, told["p50_ms"], told["p99_ms"], bad)


def _crawl(proxy: str, url: str, fresh: bool, connections: int, seconds: float, credentials: Sequence[str]) -> Run:
    load = asyncio.run(
        crawl.drive(proxy, url, connections=connections, seconds=seconds, fresh=fresh, credentials=credentials)
    )
    return Run(load.rate, load.good, crawl.percentile(load, 0.5), crawl.percentile(load, 0.99), load.bad)
