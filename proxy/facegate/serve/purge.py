"""What has expired is destroyed while the gateway runs, not when somebody thinks of it."""

from facegate_addons.domain.model import utc_now

from facegate.serve.periodic import every
from facegate.state import records
from facegate.state.ledger import ChainedLedger
from facegate.state.vault import FileVault

PERIOD = 3600.0  # seconds; records expire after days, and a purge of none costs one query and one ledger line


async def purging(ledger: ChainedLedger, vault: FileVault, period: float = PERIOD) -> None:
    await every(period, lambda: records.purge(ledger, vault, utc_now()), "purge")
