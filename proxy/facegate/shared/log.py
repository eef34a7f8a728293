"""The shared log in Redis: entries in one order for all nodes, appended by one at a time.

Whoever writes takes the turn first, and gives it back with the entry. A turn ends by itself; an entry of somebody whose
turn has ended, or who has not seen all before it, is refused by the script that appends.
"""

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from facegate.errors import StateError
from facegate.shared.address import Address
from facegate.shared.entry import Place
from facegate.shared.link import Away, Client, connect, explained

TURN_SECONDS: Final = 3.0  # a batch takes milliseconds; whoever takes longer has stopped
WAIT_SECONDS: Final = 5.0  # for the turn
CHUNK: Final = 200  # entries in one answer
REST_SECONDS: Final = 0.5  # after a failure nothing is asked for so long: who waits is told at once
PREFIX: Final = "{facegate}"  # one slot of a cluster: the scripts need all keys together

_META, _LOG, _TURN, _WAKE = (f"{PREFIX}:{name}" for name in ("meta", "log", "turn", "wake"))

_SEEN = """
local m = redis.call('HMGET', KEYS[1], 'epoch', 'end', 'head', 'snapshot')
for i = 1, 4 do if not m[i] then m[i] = '' end end
local after = string.format('%.0f-0', ARGV[1] + 1)
return {m[1], m[2], m[3], m[4], redis.call('XRANGE', KEYS[2], after, '+', 'COUNT', ARGV[2])}
"""
_READ = _SEEN
_TAKE = (
    """
local holder = redis.call('GET', KEYS[3])
if holder and holder ~= ARGV[3] then return {'', redis.call('PTTL', KEYS[3])} end
redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[4])
redis.call('DEL', KEYS[4])
"""
    + _SEEN
)
_LEFT = """
redis.call('DEL', KEYS[3])
if redis.call('LLEN', KEYS[4]) == 0 then redis.call('LPUSH', KEYS[4], '1') end
redis.call('PEXPIRE', KEYS[4], 10000)
"""
_LEAVE = f"if redis.call('GET', KEYS[3]) == ARGV[1] then {_LEFT} end return 1"
_APPEND = f"""
if redis.call('GET', KEYS[3]) ~= ARGV[1] then return 'turn' end
local m = redis.call('HMGET', KEYS[1], 'epoch', 'end', 'head')
if m[1] ~= ARGV[2] or m[2] ~= ARGV[3] or m[3] ~= ARGV[4] then return 'moved' end
redis.call('XADD', KEYS[2], ARGV[5] .. '-0', 'e', ARGV[7], 'n', ARGV[8])
redis.call('HSET', KEYS[1], 'end', ARGV[5], 'head', ARGV[6])
{_LEFT}
return 'ok'
"""
# A new epoch, unless another one stands there than the caller has seen.
_FOUND = """
local epoch = redis.call('HGET', KEYS[1], 'epoch') or ''
if epoch ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'end', ARGV[3], 'head', ARGV[4], 'snapshot', ARGV[5])
return 1
"""
# The newest snapshot of the same epoch; what it holds leaves the log.
_PUBLISH = """
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
if ARGV[2] ~= redis.call('HGET', KEYS[1], 'snapshot') then return 0 end
redis.call('HSET', KEYS[1], 'snapshot', ARGV[3])
redis.call('XTRIM', KEYS[2], 'MINID', ARGV[4] .. '-0')
return 1
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """The log's end, and what follows the position that was asked about: (position, sealed). `snapshot`: its facts."""

    place: Place
    entries: Sequence[tuple[int, bytes]]
    snapshot: str


class Log:
    """Used by one thread for turns, and by another for `wait`."""

    def __init__(self, to: Address, ca: str, node: str) -> None:
        self.to = to
        self._ca = ca
        self._node = node
        self._token = secrets.token_hex(16)
        self._clients: dict[float, Client] = {}
        self._rest_until = 0.0
        self._why = ""

    def read(self, after: int) -> Seen:
        """Raises Away."""
        return _seen(self._run(_READ, after, CHUNK))

    def take(self, after: int) -> Seen:
        """The turn, and what the log says. Raises Away; StateError when others do not come to an end."""
        until = time.monotonic() + WAIT_SECONDS
        while True:
            found = self._run(_TAKE, after, CHUNK, self._token, int(TURN_SECONDS * 1000))
            if len(found) > 2:
                return _seen(found)
            left = until - time.monotonic()
            if left <= 0:
                raise StateError(
                    f"the shared state at {self.to} is busy: no turn to write within {WAIT_SECONDS:g} seconds"
                )
            wait = max(0.01, min(left, found[1] / 1000))
            with explained(self.to):
                self._client(WAIT_SECONDS).blpop([_WAKE], timeout=wait)

    def append(self, before: Place, after: Place, sealed: bytes) -> None:
        """Gives the turn back, too. Raises Away when nobody can tell whether it is there; StateError when not."""
        facts = (before.epoch, before.position, before.head, after.position, after.head)
        answer = self._run(_APPEND, self._token, *facts, sealed, self._node)
        if answer != b"ok":
            why = "took too long, and lost its turn" if answer == b"turn" else "does not follow the shared log any more"
            raise StateError(f"nothing was written: this node {why}; try again")

    def leave(self) -> None:
        """Without an entry. Raises Away."""
        self._run(_LEAVE, self._token)

    def wait(self, after: int, seconds: float) -> list[tuple[int, bool]]:
        """Entries that are appended after that position, as soon as there are some: position, and whether another
        node wrote it. Raises Away."""
        with explained(self.to):
            found = cast(Any, self._client(seconds)).xread({_LOG: f"{after}-0"}, block=int(seconds * 1000), count=CHUNK)
        rows = found[0][1] if found else []
        return [(int(id_.split(b"-")[0]), fields.get(b"n") != self._node.encode()) for id_, fields in rows]

    def found(self, instead_of: str, place: Place, snapshot: str) -> bool:
        """Begin a new epoch in the place of `instead_of` ("" for none). False when something else stands there."""
        return bool(self._run(_FOUND, instead_of, place.epoch, place.position, place.head, snapshot))

    def publish(self, epoch: str, instead_of: str, snapshot: str, position: int) -> bool:
        return bool(self._run(_PUBLISH, epoch, instead_of, snapshot, position + 1))

    def store(self, name: str, number: int, data: bytes) -> None:
        with explained(self.to):
            self._client(0).set(_chunk(name, number), data)

    def load(self, name: str, number: int) -> bytes:
        with explained(self.to):
            data = cast(bytes | None, self._client(0).get(_chunk(name, number)))
        if data is None:
            raise StateError(f"the shared state at {self.to} has lost a part of its snapshot")
        return data

    def remove(self, name: str, count: int) -> None:
        with explained(self.to):
            for number in range(count):
                self._client(0).delete(_chunk(name, number))

    def time(self) -> float:
        """What Redis takes the time for, in seconds since 1970. Raises Away."""
        with explained(self.to):
            found: Any = self._client(0).time()
        seconds, micros = next(iter(found.values())) if isinstance(found, dict) else found  # a cluster: node by node
        return float(seconds + micros / 1e6)

    def info(self) -> dict[str, Any]:
        """What Redis says of itself. Raises Away."""
        with explained(self.to):
            client = self._client(0)
            found: dict[str, Any] = client.info()
        if "redis_version" not in found:  # a cluster answers node by node
            found = next(iter(found.values()))
        return found

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def _client(self, blocks: float) -> Client:
        if blocks not in self._clients:
            self._clients[blocks] = connect(self.to, self._ca, blocks=blocks)
        return self._clients[blocks]

    def _run(self, script: str, *arguments: str | int | bytes) -> Any:
        if time.monotonic() < self._rest_until:
            raise Away(self._why)
        try:
            with explained(self.to):
                client = self._client(0)
                return client.eval(script, 4, _META, _LOG, _TURN, _WAKE, *arguments)
        except Away as error:
            self._why = str(error)
            self._rest_until = time.monotonic() + REST_SECONDS
            raise


def _seen(found: Any) -> Seen:
    epoch, end, head, snapshot, rows = found
    entries = [(int(id_.split(b"-")[0]), fields[1 + fields.index(b"e")]) for id_, fields in rows]
    return Seen(Place(epoch.decode(), int(end or 0), head.decode()), entries, snapshot.decode())


def _chunk(name: str, number: int) -> str:
    return f"{PREFIX}:snapshot:{name}:{number}"


def facts(snapshot: str) -> dict[str, Any]:
    """Of a snapshot, as `Seen` has them. {} where there is none."""
    return cast(dict[str, Any], json.loads(snapshot)) if snapshot else {}
