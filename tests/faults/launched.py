"""A real gateway with a switch in each of its processes, its jobs and people, and an origin with a canary."""

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from faults.kinds import Kind
from faults.sites import NUMBERS, Site
from faults.switch import Switch
from live.authority import Authority
from live.client import basic
from live.desk import Desk
from live.gateways import FEW, Gateway
from live.origin import Origin
from live.plays import anew, answer

TESTS = Path(__file__).parents[1]
RESPONSE = 8.0  # seconds for a response; the client is cut two seconds later
CONFIG = """
[limits]
response = {response}
seconds = 2
[sample]
rate = 1.0
most = 5000
[ledger]
rotate_age = "5s"
[egress]
trusted_ca = "{ca}"
"""
NOWHERE = 255  # the number of a call site that is none
TEXT = b"<p>ordinary</p>" * 100
INSIDE = """import pathlib, runpy, sys
sys.path.append({tests!r})
import faults.inside
faults.inside.install(pathlib.Path(__file__).parent)
runpy.run_path({few!r})
"""


@dataclass
class Launched:
    gateway: Gateway
    switch: Switch
    desk: Desk
    plain: Origin
    secure: Origin
    canary: bytes
    jobs: dict[str, str]  # name -> credentials
    newcomers: Iterator[int] = field(default_factory=itertools.count)
    acknowledged: set[str] = field(default_factory=set)  # records that a client was told of

    @contextlib.contextmanager
    def fault(self, site: Site, kind: Kind) -> Iterator[None]:
        self.switch.arm(NUMBERS.get(site.name, NOWHERE), kind)
        try:
            yield
        finally:
            self.switch.disarm()

    def newcomer(self) -> str:
        """Credentials that the registry has to read from the disk."""
        name = f"new-{next(self.newcomers)}"
        return basic(name, self.desk.register(name))


class Faulty(Gateway):
    """Tracebacks of what was injected are no defects of their own."""

    def __exit__(self, kind: object, *_: object) -> None:
        self.terminate()


@contextlib.contextmanager
def launched(folder: Path, canary: bytes, innocent: bytes, config: str = "") -> Iterator[Launched]:
    """`canary`: a picture with a face; `innocent`: one without, that shares no bytes with it."""
    site, switch = equipped(folder)
    (folder / "authority").mkdir()
    authority = Authority(folder / "authority")
    text = CONFIG.format(response=RESPONSE, ca=authority.pem) + config
    with (
        Origin() as plain,
        Origin(authority.server()) as secure,
        Faulty(folder / "home", text, inspectors=2, site=site) as gateway,
        contextlib.closing(Desk(gateway)) as desk,
    ):
        for origin in (plain, secure):
            furnish(origin, canary, innocent)
        jobs = {name: basic(name, desk.register(name)) for name in ("canary", "ordinary")}
        jobs["targeted"] = basic("targeted", desk.register_targeted("targeted", "127.0.0.1"))
        yield Launched(gateway, switch, desk, plain, secure, canary, jobs)


def equipped(folder: Path) -> tuple[Path, Switch]:
    """What each process of a gateway runs first, and the switch that they look at."""
    site = folder / "site"
    site.mkdir(parents=True)
    (site / "sitecustomize.py").write_text(INSIDE.format(tests=str(TESTS), few=str(FEW / "sitecustomize.py")))
    return site, Switch.make(site / "switch")


def furnish(origin: Origin, canary: bytes, innocent: bytes) -> None:
    origin.route("/face", anew(canary, "image/jpeg"))
    origin.route("/known", answer(canary, "image/jpeg"))
    origin.route("/innocent", anew(innocent, "image/png"))
    origin.route("/text", answer(TEXT))
