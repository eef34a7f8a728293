"""Whoever guesses waits: wrong credentials are answered later and later, and told of in the ledger.

By source, an IPv6 network of 64 bits being one. Right credentials never wait. Each gateway process counts its own.
"""

import asyncio
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from facegate_addons.domain.model import utc_now
from facegate_addons.domain.networks import plain
from facegate_addons.domain.ports import Ledger

WINDOW = 900.0  # seconds without a failure after which a source starts anew
SOURCES_MAX = 10_000  # the one that failed longest ago is forgotten
WAITING_MAX = 256  # answers that are held back at once; each holds a connection


@dataclass(slots=True)
class _Failures:
    count: int = 0
    last: float = 0.0


class Slowdown:
    def __init__(
        self,
        ledger: Ledger,
        longest: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`longest`: seconds that an answer is held back at the most; 0 for not at all."""
        self._ledger = ledger
        self._longest = longest
        self._sleep = sleep
        self._clock = clock
        self._sources: OrderedDict[str, _Failures] = OrderedDict()
        self._waiting = 0

    def __len__(self) -> int:
        return len(self._sources)

    async def failed(self, address: str, job_id: str) -> bool:
        """Note a failure, and wait as long as it deserves. False when too many wait already: answer, and hang up.

        `job_id` is that of an existing job that was tried, else "".
        """
        source = source_of(address)
        count = self._count(source)
        if count & (count - 1) == 0:  # the 1st, 2nd, 4th, ...: a flood of failures is no flood of lines
            self._ledger.append(
                {
                    "event": "identity-refused",
                    "at": utc_now().isoformat(),
                    "address": source,
                    "failures": count,
                    "job": job_id,
                }
            )
        delay = min(2.0 ** min(count - 1, 10), self._longest())
        if delay <= 0:
            return True
        if self._waiting >= WAITING_MAX:
            return False
        self._waiting += 1
        try:
            await self._sleep(delay)
        finally:
            self._waiting -= 1
        return True

    def _count(self, source: str) -> int:
        now = self._clock()
        known = self._sources.setdefault(source, _Failures())
        self._sources.move_to_end(source)
        known.count = known.count + 1 if now - known.last < WINDOW else 1
        known.last = now
        while len(self._sources) > SOURCES_MAX:
            self._sources.popitem(last=False)
        return known.count


def source_of(address: str) -> str:
    """
    >>> source_of("::ffff:10.0.0.1"), source_of("2001:db8::1")
    ('10.0.0.1', '2001:db8::/64')
    """
    try:
        known = plain(address)
    except ValueError:
        return "unknown"
    return str(known) if known.version == 4 else str(ipaddress.ip_network((known, 64), strict=False))
