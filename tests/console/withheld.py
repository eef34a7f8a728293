"""Bodies in quarantine, for the pages of the review."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from facegate.config import Config
from facegate.ledger.chain import parse_line
from facegate.quarantine.keys import KeyRing
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import Finding, QuarantineRecord, utc_now
from facegate_addons.domain.reasons import Reason

FACE = Finding((178, 58, 274, 176), 0.91)  # the astronaut's
HOSTILE = 'https://<script>alert(1)</script>.example/"><img src=x onerror=alert(1)>'

Keep = Callable[..., Any]


def record_of(body: bytes, name: str, **facts: Any) -> QuarantineRecord:
    now = utc_now()
    told: dict[str, Any] = {
        "job": "crawl",
        "url": f"https://news.example/{name}.jpg",
        "content_type": "image/jpeg",
        "reason": Reason.FACES,
        "at": now,
        "expires": now + timedelta(days=3),
        "versions": {"model": "centerface"},
        "findings": (FACE,),
    }
    return QuarantineRecord(id=name, digest=hashlib.sha256(body).hexdigest(), size=len(body), **told | facts)


async def keep_all(
    config: Config, home: Home, database: Database, bodies: Sequence[tuple[str, bytes, dict[str, Any]]]
) -> list[str]:
    """Their ids."""
    ids = []
    with SealedVault(home, database, KeyRing.open(home, config.vault, database), timedelta(days=30)) as vault:
        for name, body, facts in bodies:
            ids.append(await vault.keep(record_of(body, name, **facts), body))
    return ids


def ledger_events(home: Home, event: str) -> list[dict[str, Any]]:
    """Of all processes, as they stand on disk."""
    lines = (line for path in sorted(home.ledger.glob("*.jsonl")) for line in path.read_bytes().splitlines())
    found = (parsed.entry for line in lines if (parsed := parse_line(line)) is not None)
    return [entry for entry in found if entry.get("event") == event]
