"""How a gateway leaves to the one that serves in its place: it takes no connection more, answers on those that it has,
and says on each answer that it is the last one there."""

import asyncio
from typing import Protocol

IDLE_SECONDS = 10.0  # for a client that asks nothing; one that asks again meanwhile is answered, and leaves
LOOK_SECONDS = 0.05  # between two looks; asyncio tells of no connection's end


class Leaving(Protocol):
    """What a gateway says of its clients: connections that are open, and bytes of answers that wait for them."""

    @property
    def connected(self) -> int: ...

    @property
    def unsent(self) -> int: ...


class UnderWay(Protocol):
    def __len__(self) -> int: ...


async def until_left(gateway: Leaving, under_way: UnderWay, stop: asyncio.Event, most: float) -> None:
    """Returns once no client is connected, or none that waits for anything after `IDLE_SECONDS`; at the latest after
    `most` seconds, or when `stop` is set."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while not stop.is_set() and loop.time() - began < most:
        await asyncio.sleep(LOOK_SECONDS)
        if not gateway.connected and not gateway.unsent:
            return
        if loop.time() - began > IDLE_SECONDS and not len(under_way) and not gateway.unsent:
            return
