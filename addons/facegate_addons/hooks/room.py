"""The bytes of all bodies that arrive, wait or are looked at: bounded, and shared among jobs.

A job may hold as much as is left for others. So one alone may hold half of all, the next one half of the rest, and
whoever comes late finds room. What announces its length gets room for all of it or none: of many large bodies some
arrive whole, rather than each in part.
"""

from mitmproxy import http
from mitmproxy.net.http.http1.read import expected_http_body_size

from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.step import step


class Held:
    """What one exchange holds."""

    def __init__(self, room: "Room", job: str) -> None:
        self._room = room
        self._job = job
        self._granted = 0
        self._arrived = 0
        self._full = False

    def announces(self, size: int) -> bool:
        """Is there room for as much?"""
        return self._grants(size - self._granted)

    def arrives(self, size: int) -> bool:
        """Is there room for so many bytes more? Once there was none, there is none any more."""
        self._arrived += size
        return self._grants(self._arrived - self._granted)

    def free(self) -> None:
        self._room.give(self._job, self._granted)
        self._granted = 0

    def _grants(self, more: int) -> bool:
        if more > 0 and not self._full:
            if self._room.take(self._job, more):
                self._granted += more
            else:
                self._full = True
        return not self._full


class Room:
    """`most` bytes at once, or as many as it takes for one body of `body` bytes to pass. What is larger is refused for
    that, by whoever counts it."""

    def __init__(self, most: int, body: int) -> None:
        self._most, self._body = max(most, 2 * body), body
        self._of: dict[str, int] = {}  # job -> bytes
        self.held = 0

    def take(self, job: str, size: int) -> bool:
        mine, all_held = self._of.get(job, 0) + size, self.held + size
        if mine > self._most - all_held:
            return False
        self._of[job], self.held = mine, all_held
        return True

    def give(self, job: str, size: int) -> None:
        left = self._of.get(job, 0) - size
        self.held -= size
        if left > 0:
            self._of[job] = left
        else:
            self._of.pop(job, None)

    @step
    def responseheaders(self, flow: http.HTTPFlow) -> None:
        exchange = exchange_of(flow)
        if exchange.refused or exchange.job is None or exchange.stream is not None or exchange.held is not None:
            return
        exchange.held = held = Held(self, exchange.job.id)
        size = _announced(flow)
        if size <= self._body and not held.announces(size):
            exchange.refuse(Reason.OVERLOADED)

    def response(self, flow: http.HTTPFlow) -> None:
        self._free(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        self._free(flow)

    def stream_end(self, flow: http.HTTPFlow) -> None:
        self._free(flow)

    def _free(self, flow: http.HTTPFlow) -> None:
        if (held := exchange_of(flow).held) is not None:
            held.free()


def _announced(flow: http.HTTPFlow) -> int:
    """Bytes; 0 where no length is told, or none that makes sense."""
    try:
        return max(0, expected_http_body_size(flow.request, flow.response) or 0)
    except ValueError:
        return 0
