"""facegate.toml: every setting with its default, and one clear line for each way to get it wrong.

The sections are frozen dataclasses; their fields are the settings, so a default stands in one place.
"""

import dataclasses
import ipaddress
import re
import ssl
import tomllib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import platformdirs
from facegate_addons.detection.description import NAME
from facegate_addons.detection.providers import PROVIDERS
from facegate_addons.domain.identities import Identities, identities
from facegate_addons.domain.limits import HEAD_MAX, Limits
from facegate_addons.domain.model import Action, Cover
from facegate_addons.domain.policy import Mode
from facegate_addons.domain.policy import Policy as GatePolicy
from facegate_addons.domain.tables import NOT_A_KEY
from facegate_addons.workers.protocol import WorkerSettings

from facegate.durations import parse_duration
from facegate.errors import ConfigError
from facegate.jobs.rules import Rules
from facegate.models.store import FOLDER, find
from facegate.modes import Listening, kind, mistake, place
from facegate.tables import fill
from facegate.thresholds import Thresholds

JOBS_FOLDER = "jobs.d"
NOT_YET = "is not available in this version"
# Bytes of address space. A worker that has looked at nothing takes 0.28 GiB; what is left has to hold a body, what it
# unpacks to, and a picture of it, at 3 bytes a pixel and more.
WORKER_MEMORY_MIN = 1 << 30
_RULES = Rules()
LONGEST_MAX = 3_660  # days; ten years are longer than any approval should stand, and fit any calendar


def default_home() -> Path:
    return Path(platformdirs.user_state_dir("facegate", appauthor=False))


@dataclass(frozen=True)
class Listen:
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1  # gateway processes that share the port
    mode: str = field(default="regular", repr=False)  # a proxy's URL in it may have a password
    peers: dict[str, int] = field(default_factory=dict)  # of WireGuard: job id -> UDP port
    upstream_auth: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Identity:
    required: bool | None = None  # None: required unless the gateway listens on loopback only
    sources: dict[str, str] = field(default_factory=dict)  # network -> job
    certificates: dict[str, str] = field(default_factory=dict)  # fingerprint (SHA-256) -> job
    signature_life: str = "5m"  # how far ahead a signed request may say its end is
    longest_delay: str = "8s"  # of an answer to wrong credentials

    @property
    def identities(self) -> Identities:
        """Raises ValueError that names the setting."""
        life, delay = _seconds(self, "signature_life"), _seconds(self, "longest_delay")
        return identities(self.sources, self.certificates, life, delay)


def _seconds(section: object, setting: str) -> float:
    try:
        return parse_duration(getattr(section, setting)).total_seconds()
    except ValueError as error:
        raise ValueError(f"{setting}: {error}") from None


@dataclass(frozen=True)
class Policy:
    mode: str = "enforce"
    faces: str = "quarantine"
    unreadable: str = "quarantine"
    cover: str = "solid"  # of a redacted face


@dataclass(frozen=True)
class Detector:
    model: str = "centerface"
    threshold: float | None = None  # None: the threshold that stands beside the model's weights
    min_face: int = 20  # pixels, the shorter side of the smallest face that has to be found
    provider: str = "cpu"  # where the network is computed


@dataclass(frozen=True)
class Jobs:
    """What is demanded of every job beyond what the law and the reader of jobs do; facegate.jobs.rules says why."""

    longest: str = "366d"
    group_max: int = _RULES.group_max
    hosts_max: int = _RULES.hosts_max
    releases_max: int = _RULES.releases_max
    conditions: str = "optional"
    folder: str = ""  # of declared job files; "": jobs.d under home


@dataclass(frozen=True)
class State:
    url: str = "sqlite:"


@dataclass(frozen=True)
class Vault:
    url: str = "file:"
    key: dict[str, str] = field(default_factory=dict)
    keep: str = "30d"

    @property
    def keep_for(self) -> timedelta:
        return parse_duration(self.keep)


@dataclass(frozen=True)
class Console:
    host: str = "127.0.0.1"
    port: int = 8081


@dataclass(frozen=True)
class Metrics:
    host: str = ""
    port: int = 0  # 0: off


@dataclass(frozen=True)
class Accumulation:
    """How much one operator's targeted jobs may add up to before a reviewer has to sign; 0: not watched."""

    window: str = "90d"
    subjects: int = 100
    hosts: int = 200
    releases: int = 10_000
    faces: int = 50_000
    overlap: int = 10  # targeted jobs that look into one and the same domain

    @property
    def thresholds(self) -> Thresholds:
        names = ("subjects", "hosts", "releases", "faces", "overlap")
        return Thresholds(parse_duration(self.window), **{name: getattr(self, name) or None for name in names})


@dataclass(frozen=True)
class Egress:
    """Where crawlers may go through the gateway, and whom it trusts there."""

    private: bool | None = None  # private and loopback destinations; None: only while listening on loopback only
    ports: list[int | str] = field(default_factory=lambda: [80, 443, "1024-65535"])
    trusted_ca: str = ""  # a PEM file in place of the system's certificate authorities


@dataclass(frozen=True)
class Config:
    home: Path = field(default_factory=default_home)
    listen: Listen = Listen()
    identity: Identity = Identity()
    policy: Policy = Policy()
    detector: Detector = Detector()
    limits: Limits = field(default_factory=Limits)
    jobs: Jobs = Jobs()
    state: State = State()
    vault: Vault = Vault()
    console: Console = Console()
    metrics: Metrics = Metrics()
    egress: Egress = Egress()
    accumulation: Accumulation = Accumulation()
    source: Path | None = field(default=None, metadata=NOT_A_KEY)  # the file this was read from

    @property
    def loopback_only(self) -> bool:
        """Are all clients on this machine? A router and a tunnel bring others to a loopback address, too."""
        return is_loopback(self.listen.host) and kind(self.listen.mode) not in ("transparent", "wireguard")

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
        return Rules(longest, it.group_max, it.hosts_max, it.releases_max, it.conditions == "required")


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
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: not valid TOML: {error}") from None
    for dotted, value in overrides.items():
        if value is not None:
            section, _, key = dotted.rpartition("__")
            table = raw.setdefault(section, {}) if section else raw
            if isinstance(table, dict):  # else `fill` says what is wrong with the file
                table[key] = value
    where = str(path) if path else "the command line"
    config: Config = dataclasses.replace(fill(Config, raw, where), source=path)
    _check(config, where)
    return config


def _check(config: Config, where: str) -> None:
    """What types cannot say. One rule a line, the first broken one is reported."""

    def need(fine: object, message: str) -> None:
        if not fine:
            raise ConfigError(f"{where}: {message}")

    for name, port in (("listen.port", config.listen.port), ("console.port", config.console.port)):
        need(0 <= port <= 65535, f"{name} has to be from 0 to 65535, not {port}")
    need(config.metrics.port == 0, f"metrics.port = {config.metrics.port} {NOT_YET}; leave it 0")
    need(str(config.home) not in ("", "."), "home has to be a path, like /var/lib/facegate")
    need(1 <= config.listen.workers <= 256, f"listen.workers has to be from 1 to 256, not {config.listen.workers}")
    listen, identity = config.listen, config.identity
    ports = (listen.port, config.console.port)
    listening = (listen.mode, listen.workers, ports, listen.peers, listen.upstream_auth)
    wrong = mistake(Listening(*listening, identity.required, identity.sources))
    need(not wrong, wrong)
    modes = tuple(each.value for each in Mode)
    need(config.policy.mode in modes, f"policy.mode has to be {' or '.join(modes)}, not {config.policy.mode!r}")
    faces = ("quarantine", "drop", "redact")
    need(config.policy.faces in faces, f"policy.faces has to be one of {', '.join(faces)}, not {config.policy.faces!r}")
    need(
        config.policy.unreadable in faces[:2],
        f"policy.unreadable has to be quarantine or drop, not {config.policy.unreadable!r}",
    )
    covers = tuple(cover.value for cover in Cover)
    need(config.policy.cover in covers, f"policy.cover has to be {' or '.join(covers)}, not {config.policy.cover!r}")
    try:
        _ = config.identity.identities
    except ValueError as error:
        raise ConfigError(f"{where}: identity.{error}") from None
    model = config.detector.model
    need(NAME.fullmatch(model), f'detector.model has to be the name of a model, like "centerface", not {model!r}')
    provider = config.detector.provider
    need(provider in PROVIDERS, f"detector.provider has to be one of {', '.join(PROVIDERS)}, not {provider!r}")
    threshold = config.detector.threshold
    need(threshold is None or 0 < threshold < 1, f"detector.threshold has to lie between 0 and 1, not {threshold}")
    need(
        8 <= config.detector.min_face <= 512,
        f"detector.min_face has to be from 8 to 512 pixels, not {config.detector.min_face}",
    )
    jobs = config.jobs
    try:
        longest = parse_duration(jobs.longest)
    except ValueError as error:
        raise ConfigError(f"{where}: jobs.longest: {error}") from None
    need(
        timedelta(0) < longest <= timedelta(days=LONGEST_MAX),
        f'jobs.longest has to be from 1s to {LONGEST_MAX}d, like "366d", not {jobs.longest!r}',
    )
    need(2 <= jobs.group_max <= 1_000, f"jobs.group_max has to be from 2 to 1000 members, not {jobs.group_max}")
    need(1 <= jobs.hosts_max <= 1_000, f"jobs.hosts_max has to be from 1 to 1000 hosts, not {jobs.hosts_max}")
    need(jobs.releases_max >= 1, f"jobs.releases_max has to be at least 1, not {jobs.releases_max}")
    need(
        jobs.conditions in ("optional", "required"),
        f'jobs.conditions has to be "optional" or "required", not {jobs.conditions!r}',
    )
    # a URL may have a password in it
    need(config.state.url == "sqlite:", f'state.url: another one {NOT_YET}; use "sqlite:" (under home)')
    need(config.vault.url == "file:", f'vault.url: another one {NOT_YET}; use "file:" (under home)')
    need(place(config.vault.key), 'vault.key has to be { env = "NAME" } or { file = "PATH" }')
    try:
        keep = config.vault.keep_for
    except ValueError as error:
        raise ConfigError(f"{where}: vault.keep: {error}") from None
    need(keep > timedelta(0), 'vault.keep has to be longer than nothing; to keep no bytes use policy.faces = "drop"')
    try:
        thresholds = config.accumulation.thresholds
    except ValueError as error:
        raise ConfigError(f"{where}: accumulation.window: {error}") from None
    need(
        timedelta(days=1) <= thresholds.window <= timedelta(days=3660),
        f"accumulation.window has to be from 1d to 3660d, not {config.accumulation.window}",
    )
    for name in ("subjects", "hosts", "releases", "faces", "overlap"):
        value = getattr(config.accumulation, name)
        need(value >= 0, f"accumulation.{name} has to be a whole number, or 0 for none, not {value}")
    for limit in dataclasses.fields(config.limits):
        value = getattr(config.limits, limit.name)
        need(0 < value < float("inf"), f"limits.{limit.name} has to be more than 0 and have an end, not {value}")
    need(config.limits.head <= HEAD_MAX, f"limits.head has to be at most {HEAD_MAX}, not {config.limits.head}")
    need(
        config.limits.worker_memory >= WORKER_MEMORY_MIN,
        f"limits.worker_memory has to be at least {WORKER_MEMORY_MIN} (1 GiB), not {config.limits.worker_memory}",
    )
    if config.egress.trusted_ca:
        need(*_authorities(config.egress.trusted_ca))
    need(bool(config.egress.ports), "egress.ports is empty: nothing could be reached; leave it away for the default")
    try:
        port_ranges(config.egress.ports)
    except ValueError as error:
        raise ConfigError(f"{where}: egress.ports: {error}") from None


def _authorities(file: str) -> tuple[bool, str]:
    """Is this what TLS towards origins can be built on? And what to say when it is not."""
    try:
        ssl.create_default_context(cafile=file)
    except ssl.SSLError:  # before OSError, which it is, too
        return False, f"egress.trusted_ca: {file} holds no PEM certificates; name a file of authorities to trust"
    except OSError as error:
        return False, f"egress.trusted_ca: {file} cannot be read ({error.strerror}); name a PEM file"
    return True, ""


def port_ranges(ports: list[int | str]) -> list[range]:
    """`[80, "1024-65535"]` as ranges. Raises ValueError that says what to write."""
    ranges = []
    for port in ports:
        match = re.fullmatch(r"([0-9]{1,5})(?:-([0-9]{1,5}))?", str(port))
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 0 < first <= last <= 65535:
            raise ValueError(f'{port!r} is no port; write a number like 443 or a range like "1024-65535"')
        ranges.append(range(first, last + 1))
    return ranges
