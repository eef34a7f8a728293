"""The sections of facegate.toml: frozen dataclasses whose fields are the settings, so a default stands in one place."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from facegate_addons.domain.identities import Identities, identities

from facegate.durations import parse_duration
from facegate.jobs.rules import Rules
from facegate.ledger.rotation import Rotation
from facegate.thresholds import Thresholds

AUTO: Final = "auto"
_RULES = Rules()


@dataclass(frozen=True)
class Listen:
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int | str = 1  # gateway processes that share the port, or AUTO: as the cores allow
    inspectors: int = 0  # inspection workers of each; 0: as many as there are cores, shared among the gateways
    mode: str = field(default="regular", repr=False)  # a proxy's URL in it may have a password
    peers: dict[str, int] = field(default_factory=dict)  # of WireGuard: job id -> UDP port
    upstream_auth: dict[str, str] = field(default_factory=dict)
    proxy_protocol: list[str] = field(default_factory=list)  # networks of load balancers that say who connected


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
class Cache:
    """What is remembered of bodies that were looked at, by each gateway in its memory, and by all in a shared state."""

    verdicts: int = 100_000  # 0: every body is looked at each time
    bytes: int = 64 << 20  # of all verdicts, redacted copies included
    keep: str = "1h"
    shared: bool = True  # in Redis, too, where state.url names one

    @property
    def keep_for(self) -> timedelta:
        return parse_duration(self.keep)


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
    url: str = field(default="sqlite:", repr=False)  # may have a password in it
    key: dict[str, str] = field(default_factory=dict)  # what all nodes of a shared state have in common
    ca: str = ""  # PEM of the authorities that a rediss:// may be certified by; "": the system's
    password: dict[str, str] = field(default_factory=dict)  # of Redis, in place of the URL's


@dataclass(frozen=True)
class Vault:
    url: str = "file:"
    endpoint: str = ""  # of S3-compatible storage that is not Amazon's
    region: str = ""
    previous: dict[str, str] = field(default_factory=dict)  # url, endpoint, region and env of the storage before
    credentials: dict[str, str] = field(default_factory=dict)  # "ID:SECRET"; {}: those of the machine or environment
    key: dict[str, str] = field(default_factory=dict)
    old: list[dict[str, str]] = field(default_factory=list)  # keys that may still wrap something
    keep: str = "30d"
    pixels: str = "keep"

    @property
    def keep_for(self) -> timedelta:
        return parse_duration(self.keep)


@dataclass(frozen=True)
class Sample:
    """Pictures that passed and are kept for a while, so that a person says how many faces were missed."""

    rate: float = 0.0  # the share of them that is drawn; 0: none
    keep: str = "72h"
    most: int = 1_000  # kept at once

    @property
    def keep_for(self) -> timedelta:
        return parse_duration(self.keep)


@dataclass(frozen=True)
class Ledger:
    """How the audit log is kept, signed and sent on; facegate.ledger says how it is written."""

    rotate_size: int = 256 << 20  # bytes; 0: by age alone
    rotate_age: str = "30d"  # "0s": by size alone
    checkpoint_every: str = "1h"
    checkpoints_to: str = ""  # a folder elsewhere that gets every checkpoint, too
    key: dict[str, str] = field(default_factory=dict)  # that signs them; {}: made once, a file under home
    syslog: str = ""  # where each line is sent: "udp://HOST:514", "tcp://", "tls://", "unix:/dev/log"
    syslog_ca: str = ""  # a PEM file in place of the system's certificate authorities

    @property
    def rotation(self) -> Rotation:
        return Rotation(self.rotate_size or None, parse_duration(self.rotate_age) or None)

    @property
    def checkpoints_elsewhere(self) -> Path | None:
        return Path(self.checkpoints_to).expanduser() if self.checkpoints_to else None

    @property
    def checkpoint_seconds(self) -> float:
        return parse_duration(self.checkpoint_every).total_seconds()


@dataclass(frozen=True)
class Console:
    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = 8081
    names: list[str] = field(default_factory=list)  # what else browsers may call it, beside loopback names and `host`
    certificate: str = ""  # PEM files; with both it serves TLS itself
    key: str = ""
    behind_tls: bool = False  # browsers reach it by a proxy before it that ends TLS
    idle: str = "30m"  # a session ends without activity
    longest: str = "10h"  # and in any case

    @property
    def tls(self) -> bool:
        """Do browsers speak TLS, whoever ends it?"""
        return bool(self.certificate) or self.behind_tls

    @property
    def scheme(self) -> str:
        """As it is reached where it listens."""
        return "https" if self.certificate else "http"

    @property
    def session_times(self) -> tuple[timedelta, timedelta]:
        """(idle, longest). Raises ValueError that names the setting."""
        return timedelta(seconds=_seconds(self, "idle")), timedelta(seconds=_seconds(self, "longest"))


@dataclass(frozen=True)
class Log:
    """What each process writes to its standard error; facegate.logs says how."""

    format: str = "auto"  # "text" on a terminal, "json" elsewhere
    level: str = "warning"


@dataclass(frozen=True)
class Metrics:
    """A port for metrics alone; the console's has them, too."""

    host: str = "127.0.0.1"
    port: int = 0  # 0: off


@dataclass(frozen=True)
class Traces:
    """One OpenTelemetry trace an exchange, sent to a collector; facegate.traces says how."""

    endpoint: str = ""  # OTLP over HTTP: "http://collector:4318"; "": off
    rate: float = 0.01  # the share of exchanges that is traced
    headers: dict[str, str] = field(default_factory=dict)  # where those for the collector are, credentials among them
    ca: str = ""  # PEM of the authorities that an https:// may be certified by; "": the system's


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
