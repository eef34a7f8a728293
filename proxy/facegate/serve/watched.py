"""What a gateway says of itself, each second, in the file that the console and readiness read."""

import asyncio
import json
import logging
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from facegate_addons.hooks.inflight import InFlight
from facegate_addons.verdicts.remembering import Remembering
from facegate_addons.wire.master import Gateway
from facegate_addons.workers.pool import InspectionPool

from facegate.ledger.chained import ChainedLedger
from facegate.metrics.counted import Totals
from facegate.quarantine.vault import SealedVault
from facegate.selftest.startup import Proof
from facegate.serve.arguments import status_file
from facegate.serve.lag import LoopLag
from facegate.serve.policy import PolicyInForce
from facegate.state.database import Database
from facegate.state.registry import JobRegistry

if TYPE_CHECKING:
    from facegate.shared.verdicts import RedisVerdicts

logger = logging.getLogger(__name__)

AWAY = "the shared state is away: nothing is released or kept"
STATUS_SECONDS = 1.0  # between two status files; the console takes one older than 5 s for a dead gateway


@dataclass(frozen=True)
class Watched:
    """What a gateway says of itself each second."""

    pool: InspectionPool
    ledger: ChainedLedger
    vault: SealedVault
    registry: JobRegistry
    policy: PolicyInForce
    inflight: InFlight
    gateway: Gateway
    remembering: Remembering | None
    totals: Totals
    database: Database
    tested: Proof
    lag: LoopLag
    told: "RedisVerdicts | None" = None

    def status(self, lag: float = 0.0) -> dict[str, object]:
        parts = (
            ("no inspection worker", not self.pool.alive),
            ("ledger", not self.ledger.healthy),
            ("vault", not self.vault.healthy),
            ("state", not self.registry.healthy),
        )
        why = [text for text, bad in parts if bad]
        following = self.database.following()
        return {
            "at": time.time(),
            "ready": not why,
            "why": why,
            "workers": self.pool.alive,
            "pid": os.getpid(),
            "observe": self.policy.now.observes,
            "waiting": self.pool.waiting,
            "under_way": len(self.inflight),
            "unwritten": self.ledger.waiting,
            "self_test": asdict(self.tested),
            "lag": lag,
            "following": asdict(following) if following is not None else None,
            "degraded": [AWAY] if following is not None and not following.connected else [],
        }


async def keep_reporting(run: Path, index: int, watched: Watched) -> None:
    while True:
        await report(run, index, watched)
        await asyncio.sleep(STATUS_SECONDS)


async def report(run: Path, index: int, watched: Watched) -> None:
    """Write the file, and take the counters that are read off. Whatever fails is logged: without its status a gateway
    is not ready, and what it serves goes on."""
    try:
        redis = watched.told.outcomes if watched.told is not None else {}
        gateway, refused = watched.gateway, watched.database.refused
        watched.totals.take(watched.remembering, gateway.unsealed, gateway.minted, redis, refused)
        lag = watched.lag.taken()
        watched.totals.lagged(lag)
        await asyncio.to_thread(_replace, status_file(run, index), json.dumps(watched.status(lag)))
    except OSError as error:
        logger.warning("status file: %s", error.strerror)
    except Exception as error:  # noqa: BLE001 - see above
        logger.error("status file: %s", type(error).__name__)  # noqa: TRY400 - its text may be anything


def _replace(path: Path, text: str) -> None:
    fresh = path.with_suffix(".tmp")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
