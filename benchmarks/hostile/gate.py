"""The gateway that all of this is done to, and its jobs: one is hostile, or asks for what is, one is like any other."""

import json
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from live.client import basic
from live.gateways import Gateway

from benchmarks.hostile.measure import WINDOWS, Bench
from benchmarks.hostile.steady import Steady
from benchmarks.hostile.watch import Watch

RESPONSE = 20.0  # seconds of limits.response: 120 by default, which every silent origin would take
CONFIG = """
[egress]
trusted_ca = "{trusted}"
[identity]
required = true
[cache]
verdicts = 0  # else the second of the same bytes costs nothing
[limits]
response = {response}
{more}
"""
JOB = """
id = "{name}"
operator = "acme"
purpose = "a measurement"
[scope]
kind = "untargeted"
"""


@dataclass(frozen=True, slots=True)
class Gate:
    """`hostile` and `steady` are fields of a head."""

    gateway: Gateway
    hostile: str
    steady: str

    @property
    def proxy(self) -> str:
        return self.gateway.proxy

    @property
    def ca(self) -> Path:
        return self.gateway.ca


@contextmanager
def running(folder: Path, trusted: Path, more: str = "") -> Iterator[Gate]:
    """`more`: lines that go to [limits], or begin a section."""
    config = CONFIG.format(trusted=trusted, response=RESPONSE, more=more)
    with Gateway(folder / "home", config) as gateway:
        yield Gate(gateway, registered(gateway, "hostile"), registered(gateway, "steady"))


def registered(gateway: Gateway, name: str) -> str:
    file = gateway.home.with_name(f"{name}.toml")
    file.write_text(JOB.format(name=name), encoding="utf-8")
    return basic(name, json.loads(gateway.run("job", "register", str(file), "--json").stdout)["token"])


async def bench(gate: Gate, pages: str, stack: AsyncExitStack, windows: int = WINDOWS) -> Bench:
    """`pages`: the origin of the ordinary ones."""
    credentials = gate.steady.partition(": ")[2]
    steady = Steady(gate.proxy, f"{pages}/page", credentials)
    found = Bench(steady, Watch(gate.gateway.pid, gate.gateway.home / "run"), RESPONSE, stack, windows)
    await found.begin()
    return found
