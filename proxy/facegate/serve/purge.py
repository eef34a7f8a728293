"""What has expired is destroyed while the gateway runs, not when somebody thinks of it."""

import asyncio
import logging

from facegate_addons.domain.model import utc_now

from facegate.errors import FacegateError
from facegate.state import records
from facegate.state.ledger import ChainedLedger
from facegate.state.vault import FileVault

logger = logging.getLogger(__name__)

PERIOD = 3600.0  # seconds; records expire after days, and a purge of none costs one query and one ledger line


async def purging(ledger: ChainedLedger, vault: FileVault, period: float = PERIOD) -> None:
    """Now and then every `period` seconds, in a thread, until it is cancelled; it ends after what is under way."""
    while True:
        purge = asyncio.create_task(asyncio.to_thread(records.purge, ledger, vault, utc_now()))
        try:
            await asyncio.shield(purge)
        except asyncio.CancelledError:
            await asyncio.wait([purge])  # ledger and vault are closed next
            raise
        except FacegateError as error:
            logger.error("purge: %s", error)  # noqa: TRY400 - one line, no traceback
        await asyncio.sleep(period)
