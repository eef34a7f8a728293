"""facegate.toml, read whole: every setting with its default, and one clear line for each way to get it wrong."""

import dataclasses
import ipaddress
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Action, Cover
from facegate_addons.domain.policy import Mode
from facegate_addons.domain.policy import Policy as GatePolicy
from facegate_addons.domain.tables import NOT_A_KEY
from facegate_addons.workers.protocol import WorkerSettings

from facegate.checks import check
from facegate.durations import parse_duration
from facegate.errors import ConfigError
from facegate.jobs.rules import Rules
from facegate.models.store import FOLDER, find
from facegate.modes import kind
from facegate.sections import (
    Accumulation,
    Cache,
    Console,
    Detector,
    Egress,
    Identity,
    Jobs,
    Ledger,
    Listen,
    Log,
    Metrics,
    Policy,
    Sample,
    State,
    Traces,
    Vault,
)
from facegate.tables import fill

JOBS_FOLDER = "jobs.d"


def default_home() -> Path:
    return Path(platformdirs.user_state_dir("facegate", appauthor=False))


@dataclass(frozen=True)
class Config:
    home: Path = field(default_factory=default_home)
    listen: Listen = field(default_factory=Listen)
    identity: Identity = field(default_factory=Identity)
    policy: Policy = field(default_factory=Policy)
    detector: Detector = field(default_factory=Detector)
    limits: Limits = field(default_factory=Limits)
    cache: Cache = field(default_factory=Cache)
    jobs: Jobs = field(default_factory=Jobs)
    state: State = field(default_factory=State)
    vault: Vault = field(default_factory=Vault)
    sample: Sample = field(default_factory=Sample)
    ledger: Ledger = field(default_factory=Ledger)
    console: Console = field(default_factory=Console)
    log: Log = field(default_factory=Log)
    metrics: Metrics = field(default_factory=Metrics)
    traces: Traces = field(default_factory=Traces)
    egress: Egress = field(default_factory=Egress)
    accumulation: Accumulation = field(default_factory=Accumulation)
    source: Path | None = field(default=None, metadata=NOT_A_KEY)  # the file this was read from

    @property
    def loopback_only(self) -> bool:
        """Are all clients on this machine? Routers, tunnels and balancers bring others to loopback addresses, too."""
        brings_others = kind(self.listen.mode) in ("transparent", "wireguard") or self.listen.proxy_protocol
        return is_loopback(self.listen.host) and not brings_others

    @property
    def identity_required(self) -> bool:
        return not self.loopback_only if self.identity.required is None else self.identity.required

    @property
    def private_allowed(self) -> bool:
        """A client on this machine reaches private addresses without us too; others must not through us."""
        return self.loopback_only if self.egress.private is None else self.egress.private

    @property
    def jobs_folder(self) -> Path:
        """A relative one lies beside the configuration file, or under home where there is none."""
        if not self.jobs.folder:
            return self.home.absolute() / JOBS_FOLDER
        return (self.source.parent if self.source else self.home).absolute() / self.jobs.folder

    @property
    def worker_settings(self) -> WorkerSettings:
        """Raises ConfigError when the model is not there; its weights are read by the workers."""
        it = self.detector
        model = find(it.model, self.home.absolute() / FOLDER)
        return WorkerSettings(self.limits, model, it.threshold, it.min_face, it.provider)

    @property
    def gate_policy(self) -> GatePolicy:
        it = self.policy
        return GatePolicy(Action(it.faces), Action(it.unreadable), Cover(it.cover), Mode(it.mode))

    @property
    def job_rules(self) -> Rules:
        it = self.jobs
        longest = parse_duration(it.longest)
        required = it.conditions == "required"
        return Rules(longest, it.group_max, it.hosts_max, it.releases_max, required, self.vault.keep_for)


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def load(path: Path | None = None, **overrides: Any) -> Config:
    """Read `path` (or take the defaults), apply dotted overrides like `listen__port=0`, and check the whole.

    Raises ConfigError with one line that says what to write instead.
    """
    raw: dict[str, Any] = {}
    if path is not None:
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ConfigError(f"{path}: no such file; write one, or leave --config away for the defaults") from None
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
        except ValueError as error:  # tomllib's own, no UTF-8, and that of a number with thousands of digits
            raise ConfigError(f"{path}: not valid TOML: {error}") from None
        except RecursionError:
            raise ConfigError(f"{path}: not valid TOML: too many tables inside each other") from None
    for dotted, value in overrides.items():
        if value is not None:
            section, _, key = dotted.rpartition("__")
            table = raw.setdefault(section, {}) if section else raw
            if isinstance(table, dict):  # else `fill` says what is wrong with the file
                table[key] = value
    where = str(path) if path else "the command line"
    config: Config = dataclasses.replace(fill(Config, raw, where), source=path)
    check(config, where)
    return config
