"""What one gateway of a home does for all of them: purges, ends of jobs, job files, checkpoints, syslog, snapshots.

They take turns: when the one that does it ends, however it ends, the next goes on.
"""

import asyncio
import logging
from dataclasses import dataclass
from functools import partial

from facegate.config import Config
from facegate.errors import HomeError
from facegate.jobs.desk import Desk
from facegate.jobs.file import read_described
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.destination import destination
from facegate.ledger.shipping import Shipper
from facegate.quarantine.vault import SealedVault
from facegate.samples.store import SampleStore
from facegate.serve.declared import Follower
from facegate.serve.expire import expiring
from facegate.serve.ledgers import Care
from facegate.serve.policy import PolicyInForce
from facegate.serve.purge import purging, purging_orphans, purging_samples
from facegate.serve.turn import Turn
from facegate.shared.opened import SQLITE
from facegate.state.database import Database
from facegate.state.home import Home

logger = logging.getLogger(__name__)

LOCK = "upkeep.lock"
AGAIN_SECONDS = 10.0  # after a start without the key that signs checkpoints


@dataclass(frozen=True)
class Kept:
    """What the upkeep is of."""

    home: Home
    config: Config
    database: Database
    ledger: ChainedLedger
    vault: SealedVault
    samples: SampleStore
    policy: PolicyInForce


class Upkeep:
    """Raises HomeError when it is this process' turn and there is no key to sign with: nobody serves without."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._care: Care | None = None
        self._shipper: Shipper | None = None
        self._turn = Turn(kept.home.run / LOCK)
        try:
            self._mine = self._turn.take()
            if self._mine:
                self._care = self._cared()
        except BaseException:
            self._turn.end()
            raise

    async def keep(self) -> None:
        """Until it is cancelled; it ends after what is under way."""
        if not self._mine:
            await self._turn.come()
            self._mine = True
            logger.warning("this gateway does the upkeep from now on")
        while self._care is None:
            try:
                self._care = self._cared()
            except HomeError as error:  # it serves already, and goes on: the log and the ledgers' standing say it
                logger.error("upkeep: %s", error)  # noqa: TRY400 - one line, no traceback
                await asyncio.sleep(AGAIN_SECONDS)
        it = self._kept
        desk = Desk(it.database, it.ledger, it.config.accumulation.thresholds)
        files = Follower(desk, it.config.jobs_folder, partial(read_described, rules=it.config.job_rules))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(purging(it.database, it.ledger, it.vault))
            tasks.create_task(purging_orphans(it.vault))
            tasks.create_task(expiring(desk))
            tasks.create_task(purging_samples(it.ledger, it.samples))
            if it.config.state.url != SQLITE:
                from facegate.serve.snapshots import snapping  # and redis with it

                tasks.create_task(snapping(it.home, it.config.state))
            tasks.create_task(files.follow())
            it.policy.reloaded = files.look_anew
            tasks.create_task(self._care.keep())
            if it.config.ledger.syslog:
                to = destination(it.config.ledger.syslog)
                self._shipper = Shipper(it.home.ledger, it.home.run, to, it.config.ledger.syslog_ca)
                self._shipper.start()

    def end(self) -> None:
        """Once the ledger is closed: the last checkpoint, the last lines sent, and the next one's turn."""
        try:
            if self._care is not None:
                self._care.end()
            if self._shipper is not None:
                self._shipper.stop()
        finally:
            self._turn.end()

    def _cared(self) -> Care:
        return Care(self._kept.home, self._kept.config, self._kept.ledger)
