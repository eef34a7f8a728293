"""Work that is done now and then while the gateway runs, in a thread."""

import asyncio
import logging
from collections.abc import Callable

from facegate.errors import FacegateError

logger = logging.getLogger(__name__)


async def every(seconds: float, work: Callable[[], object], what: str) -> None:
    """Now and every `seconds`, until it is cancelled; it ends after what is under way. `what` names it in the log."""
    while True:
        running = asyncio.create_task(asyncio.to_thread(work))
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])  # ledger, vault and database are closed next
            raise
        except FacegateError as error:
            logger.error("%s: %s", what, error)  # noqa: TRY400 - one line, no traceback
        await asyncio.sleep(seconds)
