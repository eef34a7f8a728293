"""How long the event loop of a gateway keeps waiting what is due: what blocks one exchange there blocks them all."""

import asyncio

EVERY = 0.05  # seconds between two looks: a turn of 250 ms is seen as 200 at least, for next to no time of the loop


class LoopLag:
    def __init__(self) -> None:
        self._longest = 0.0

    async def watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + EVERY
            await asyncio.sleep(EVERY)
            self._longest = max(self._longest, loop.time() - due)

    def taken(self) -> float:
        """The longest since this was asked last, in seconds."""
        longest, self._longest = self._longest, 0.0
        return longest
