"""The operator's files: each is read, or is a ConfigError, which says in words what to write instead."""

import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.resources import files as resources
from pathlib import Path

from facegate.config import load
from facegate.errors import ConfigError
from facegate.jobs.file import read_described
from facegate.jobs.rules import Rules
from facegate_addons.detection.description import ModelError, parse
from fuzz.seeds import Seed

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
_JOB = b"""
id = "missing-person-4711"
operator = "acme-crawl"
purpose = "find public sightings of one missing person"
keep = "30 days"
[scope]
kind = "individual"
subjects = ["case-4711"]
hosts = ["news.example", "*.example.org", "[2001:db8::1]:8443"]
paths = ["/a/*"]
legal_basis = "police law, section 1"
reference = "order no. 4711"
expires = 2026-12-31T00:00:00Z
max_releases = 500
"""
_BROAD = b'id = "broad"\noperator = "acme"\npurpose = "text"\nstreams = "inspect"\n[scope]\nkind = "untargeted"\n'
_CONFIG = b"""
home = "/tmp/x"
[listen]
port = 8080
mode = "regular"
workers = "auto"
[limits]
seconds = 10
body = 1000000
[policy]
faces = "redact"
[detector]
threshold = 0.5
[vault]
keep = "30 days"
[egress]
private = true
allow = ["10.0.0.0/8"]
[state]
url = "redis://127.0.0.1:6379/0"
[log]
level = "info"
"""


def jobs(_seeds: Sequence[Seed]) -> list[bytes]:
    return [_JOB, _BROAD]


def configs(_seeds: Sequence[Seed]) -> list[bytes]:
    return [_CONFIG, b"[jobs]\nfolder = 'jobs'\nlongest = '90 days'\n[cache]\nkeep = '1 hour'\n"]


def job(data: bytes) -> str:
    return _read(data, lambda path: read_described(path, Rules(), NOW))


def config(data: bytes) -> str:
    return _read(data, load)


def models(_seeds: Sequence[Seed]) -> list[bytes]:
    return [(resources("facegate_addons.detection") / "centerface.toml").read_bytes()]


def model(data: bytes) -> str:
    def described(path: Path) -> None:
        try:
            parse(path.read_text("utf-8", "replace"), "model")
        except ModelError:
            return

    return _read(data, described)


def _read(data: bytes, read: Callable[[Path], object]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.toml"
        path.write_bytes(data)
        try:
            read(path)
        except ConfigError:
            return ""
    return ""
