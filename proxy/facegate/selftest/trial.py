"""A gateway that decides as the given configuration says, and has nothing else of it: an empty home of its own, a free
port of loopback, no credentials asked for, no other machine.

    python -m facegate.selftest.trial JSON
"""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from facegate.config import Config, load
from facegate.errors import FacegateError
from facegate.logs.begin import begin
from facegate.models.store import FOLDER
from facegate.serve.started import Started
from facegate.serve.supervisor import supervise

# What is tried is the gate: what it looks with and how far, not where it stands.
ALONE: Final[dict[str, Any]] = {
    "listen": {"host": "127.0.0.1", "port": 0, "inspectors": 2},
    "identity": {"required": False, "longest_delay": "0s"},
    "console": {"enabled": False},
    "egress": {"private": True},
    "policy": {"mode": "enforce", "faces": "drop", "unreadable": "drop"},
    "vault": {"pixels": "never"},
    "state": {},
    "jobs": {},
    "metrics": {},
    "traces": {},
    "ledger": {},
    "sample": {},
    "log": {},
    "accumulation": {},
}
KEPT = ("detector", "limits", "cache")


def trial(settings: Config, folder: Path, *, shipped: bool = False) -> Started:
    """Not started yet. `shipped`: with the detector as it comes, in place of the one that is configured."""
    home = folder / "home"
    home.mkdir(mode=0o700)
    sections = {name: _written(getattr(settings, name)) for name in KEPT}
    if shipped:
        sections["detector"] = {}
    elif (models := settings.home.absolute() / FOLDER).is_dir():
        (home / FOLDER).symlink_to(models)
    return Started(
        "facegate.selftest.trial", [json.dumps({"home": str(home), **ALONE, **sections})], folder / "trial.log"
    )


def _written(section: Any) -> dict[str, Any]:
    """As it would stand in a file, where nothing is None."""
    return {name: value for name, value in asdict(section).items() if value is not None}


def main() -> None:
    overrides = json.loads(sys.argv[1])
    try:
        settings = load(None, **overrides)
        begin(settings.log, "trial")
        asyncio.run(supervise(settings, overrides))
    except FacegateError as error:
        sys.exit(f"facegate: {error}")


if __name__ == "__main__":
    main()
