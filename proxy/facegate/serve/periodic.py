"""Work that is done now and then while the gateway runs, in a thread."""

import asyncio
import logging
from collections.abc import Callable

from facegate.errors import FacegateError

LATE_SECONDS = 300.0  # after which the log says that it does not end: a ledger of 10 GB is verified in that time

logger = logging.getLogger(__name__)


async def every(seconds: float, work: Callable[[], object], what: str) -> None:
    """Now and every `seconds`, until it is cancelled; it ends after what is under way. `what` names it in the log.

    Whatever it raises is logged, and it is done again the next time: nobody's requests end with it.
    """
    while True:
        running = asyncio.create_task(asyncio.to_thread(work))
        try:
            if not (await asyncio.wait([running], timeout=LATE_SECONDS))[0]:
                logger.error("%s: has not ended for %.0f s; does a disk hang?", what, LATE_SECONDS)
            await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])  # ledger, vault and database are closed next
            raise
        except FacegateError as error:
            logger.error("%s: %s", what, error)  # noqa: TRY400 - one line, no traceback
        except Exception as error:  # noqa: BLE001 - see above
            logger.error("%s: %s", what, type(error).__name__)  # noqa: TRY400 - its text may be anything
        await asyncio.sleep(seconds)
