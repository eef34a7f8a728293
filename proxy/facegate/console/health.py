"""Is this installation ready to gate? Every reason why not, in words that carry no paths."""

import secrets
import time
from pathlib import Path

from facegate.console.gateways import STALE, Status, Unreadable, gateways
from facegate.errors import StateError
from facegate.ledger.chained import ChainedLedger
from facegate.state.database import Database
from facegate.state.home import Home


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
    return why + _gateways(home.run)


def degraded(home: Home) -> list[str]:
    """What does not work although requests are taken: no reason to send them elsewhere, where it is the same."""
    statuses = [status for status in gateways(home.run, time.time()) if isinstance(status, Status)]
    return [f"{status.name}: {reason}" for status in statuses if status.age <= STALE for reason in status.degraded]


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


def _gateways(run: Path) -> list[str]:
    statuses = gateways(run, time.time())
    return [reason for status in statuses for reason in _gateway(status)] if statuses else ["no gateway is running"]


def _gateway(status: Status | Unreadable) -> list[str]:
    if isinstance(status, Unreadable):
        return [f"{status.name}: its status cannot be read"]
    if status.age > STALE:
        return [f"{status.name}: has not reported for {status.age:.0f} s"]
    return [] if status.ready else [f"{status.name}: {reason}" for reason in status.why or ["is not ready"]]
