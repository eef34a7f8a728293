"""Jobs whose time has come are marked, and the ledger told, while the gateway runs."""

from facegate.jobs.desk import SWEPT, Desk
from facegate.serve.periodic import every

PERIOD = 5.0  # seconds; a job past its end is refused at once, whatever its row says


async def expiring(desk: Desk, period: float = PERIOD) -> None:
    await every(period, lambda: _sweep(desk), "expiring jobs")


def _sweep(desk: Desk) -> None:
    while desk.expire_due() == SWEPT:
        pass
