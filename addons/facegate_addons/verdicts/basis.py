"""What verdicts depend on beside the body: the settings, the model, the code that looks and the libraries it uses."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from facegate_addons.workers.protocol import WorkerSettings

_PACKAGE = Path(__file__).parents[1]
_LOOKING = ("detection", "domain", "inspection", "workers")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def basis(settings: WorkerSettings, versions: Mapping[str, str]) -> str:
    """A digest; where two differ, verdicts may. `versions` are what the workers say of themselves. Where the weights
    lie does not count: they are told by their own digest."""
    told = asdict(settings) | {"model": asdict(settings.model.description)}
    return _digest(json.dumps([told, dict(versions), code()], sort_keys=True).encode())


@cache
def code() -> str:
    """Of the modules that look, and of the versions of everything that facegate requires."""
    texts = [path.read_bytes() for name in _LOOKING for path in sorted((_PACKAGE / name).rglob("*.py"))]
    return _digest(b"".join(bytes.fromhex(_digest(text)) for text in texts) + json.dumps(_libraries()).encode())


def _libraries() -> list[str]:
    return [f"{name}=={_version(name)}" for name in sorted(_NAME.findall(each)[0] for each in _required())]


def _required() -> list[str]:
    try:
        return requires("facegate") or []
    except PackageNotFoundError:  # run from its sources alone
        return []


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # of an extra that is not installed
        return ""


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
