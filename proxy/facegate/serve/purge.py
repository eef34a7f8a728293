"""What has expired is destroyed while the gateway runs, not when somebody thinks of it."""

import logging

from facegate_addons.domain.model import utc_now

from facegate.ledger.chained import ChainedLedger
from facegate.quarantine.destruction import Due
from facegate.quarantine.expiry import complaint, purge
from facegate.quarantine.vault import SealedVault
from facegate.samples import review
from facegate.samples.store import SampleStore
from facegate.serve.periodic import every
from facegate.state.database import Database

PERIOD = 3600.0  # seconds; records expire after days, and a purge of none costs one query and one ledger line

logger = logging.getLogger(__name__)


async def purging(database: Database, ledger: ChainedLedger, vault: SealedVault, period: float = PERIOD) -> None:
    await every(period, lambda: _purge(database, ledger, vault), "purge")


async def purging_orphans(vault: SealedVault, period: float = PERIOD) -> None:
    """What a process left that was killed between file and record. At a start alone somebody else may use the vault."""
    await every(period, lambda: _sweep(vault), "orphans")


async def purging_samples(ledger: ChainedLedger, samples: SampleStore, period: float = PERIOD) -> None:
    """Those that nobody decided in time; whether any are drawn now or not."""
    await every(period, lambda: review.purge(ledger, samples, utc_now()), "purge of samples")


def _purge(database: Database, ledger: ChainedLedger, vault: SealedVault) -> None:
    done = purge(database, ledger, vault, Due(utc_now()))
    if wrong := complaint(done.swept):
        logger.error("purge: %s", wrong)


def _sweep(vault: SealedVault) -> None:
    if gone := vault.sweep_orphans():
        logger.warning("orphans: removed %d that a killed process left in the vault", gone)
