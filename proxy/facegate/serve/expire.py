"""Jobs whose time has come are marked, and the ledger told, while the gateway runs."""

import asyncio
import logging

from facegate.errors import FacegateError
from facegate.jobs.desk import SWEPT, Desk

logger = logging.getLogger(__name__)

PERIOD = 5.0  # seconds; a job past its end is refused at once, whatever its row says


async def expiring(desk: Desk, period: float = PERIOD) -> None:
    """Now and then every `period` seconds, in a thread, until it is cancelled; it ends after what is under way."""
    while True:
        sweep = asyncio.create_task(asyncio.to_thread(_sweep, desk))
        try:
            await asyncio.shield(sweep)
        except asyncio.CancelledError:
            await asyncio.wait([sweep])  # ledger and database are closed next
            raise
        except FacegateError as error:
            logger.error("expiring jobs: %s", error)  # noqa: TRY400 - one line, no traceback
        await asyncio.sleep(period)


def _sweep(desk: Desk) -> None:
    while desk.expire_due() == SWEPT:
        pass
