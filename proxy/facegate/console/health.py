"""Is this installation ready to gate? Every reason why not, in words that carry no paths."""

import json
import secrets
import time
from pathlib import Path
from typing import Any

from facegate.errors import StateError
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.ledger import ChainedLedger

STALE = 5.0  # seconds; gateways write their status every second


def not_ready(home: Home, database: Database, ledger: ChainedLedger) -> list[str]:
    """Empty when everything answers."""
    why = []
    try:
        database.read("SELECT count(*) FROM schema_version")
    except StateError:
        why.append("the database does not answer")
    if not _writable(home.vault):
        why.append("the vault cannot be written")
    if not ledger.healthy:
        why.append("the ledger cannot be written")
    return why + _gateways(home.run, time.time())


def _writable(folder: Path) -> bool:
    probe = folder / f".probe-{secrets.token_hex(4)}"
    try:
        try:
            probe.write_bytes(b"probe")
        finally:
            probe.unlink(missing_ok=True)  # on a read-only disk this fails even where there is nothing
    except OSError:
        return False
    return True


def _gateways(run: Path, now: float) -> list[str]:
    files = sorted(run.glob("gateway-*.json"))
    if not files:
        return ["no gateway is running"]
    return [reason for file in files for reason in _gateway(file, now)]


def _gateway(file: Path, now: float) -> list[str]:
    try:
        status: dict[str, Any] = json.loads(file.read_text("utf-8"))
        age, ready, why = now - float(status["at"]), status["ready"] is True, list(status.get("why", []))
    except (OSError, ValueError, KeyError, TypeError):
        return [f"{file.stem}: its status cannot be read"]
    if age > STALE:
        return [f"{file.stem}: has not reported for {age:.0f} s"]
    if not ready:
        return [f"{file.stem}: {reason}" for reason in why or ["is not ready"]]
    return []
