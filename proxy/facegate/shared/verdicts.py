"""What one gateway saw, another need not look at again: verdicts in Redis, for milliseconds of patience.

Nothing depends on it. Questions of one moment are one command's worth of waiting, and are left alone when that takes
longer than a few milliseconds; verdicts are written together, behind everybody's back; while Redis is away nobody asks.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from facegate_addons.domain.model import Verdict

from facegate.sections import State
from facegate.shared import looplink
from facegate.shared.address import Address
from facegate.shared.link import Away, explained
from facegate.shared.node import address_of, secret_of
from facegate.shared.sealed import close, open_

logger = logging.getLogger(__name__)

WAIT_SECONDS: Final = 0.01  # for an answer: half of what looking at a photo takes
GATHER_SECONDS: Final = (
    0.05  # what is seen meanwhile is written at once: with appendfsync always, one wait for the disk
)
REST_SECONDS: Final = 1.0  # after a failure nothing is asked for so long
QUIET_SECONDS: Final = 60.0  # one that comes and goes is told of so often
BATCH: Final = 256  # questions asked at once
ENTRY_MAX: Final = 256 << 10  # bytes: larger redacted copies are in memory alone
WAITING_MAX: Final = 1 << 20  # bytes that wait to be written; what comes beyond is not kept
ROOM: Final = 0.5  # of Redis' maxmemory: the rest is for the state, which must not fail for lack of room
ROOM_SECONDS: Final = 5.0  # between two looks at that
PREFIX: Final = "facegate:verdict:"  # not in the state's slot: in a cluster all nodes have their share

FOUND, NONE, LATE, AWAY, REFUSED = OUTCOMES = ("found", "none", "late", "away", "refused")


class RedisVerdicts:
    """ports.SharedVerdicts. Used in one event loop; it asks nothing before `run` and after its end. `keep`: seconds."""

    def __init__(
        self, to: Address, ca: str, secret: bytes, keep: float, clock: Callable[[], float] = time.time
    ) -> None:
        self.outcomes = Counter(dict.fromkeys(OUTCOMES, 0))  # of questions, as OUTCOMES has them
        self._to, self._ca, self._secret, self._keep, self._clock = to, ca, secret, keep, clock
        self._client: Any = None  # redis-py types the two kinds of client differently
        self._questions: list[tuple[bytes, asyncio.Future[bytes | str | None]]] = []
        self._asked, self._said = asyncio.Event(), asyncio.Event()
        self._waiting: list[tuple[bytes, bytes]] = []
        self._size = 0
        self._since: float | None = None  # when the questions that are under way were asked
        self._rest_until = 0.0
        self._told, self._quiet_until = False, 0.0  # that it is away
        self._room_at, self._room = 0.0, True

    @classmethod
    def of(cls, settings: State, keep: float) -> "RedisVerdicts":
        """Raises HomeError when `state.key` is not there."""
        return cls(address_of(settings), settings.ca, secret_of(settings), keep)

    async def get(self, name: bytes) -> tuple[Verdict, float] | None:
        outcome, found = await self._get(name)
        self.outcomes[outcome] += 1
        return found

    async def _get(self, name: bytes) -> tuple[str, tuple[Verdict, float] | None]:
        if not self._there():
            return AWAY, None
        future: asyncio.Future[bytes | str | None] = asyncio.get_running_loop().create_future()
        self._questions.append((name, future))
        self._asked.set()
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                answer = await future
        except TimeoutError:
            return LATE, None
        if not isinstance(answer, bytes):
            return AWAY if answer == AWAY else NONE, None
        if (opened := open_(self._secret, name, answer)) is None:
            return REFUSED, None
        verdict, until = opened
        left = until - self._clock()
        return (FOUND, (verdict, min(left, self._keep))) if left > 0 else (NONE, None)

    def put(self, name: bytes, verdict: Verdict) -> None:
        if not self._there() or self._size >= WAITING_MAX:
            return
        sealed = close(self._secret, name, verdict, self._clock() + self._keep)
        if len(sealed) <= ENTRY_MAX:
            self._waiting.append((name, sealed))
            self._size += len(sealed)
            self._said.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        self._client = looplink.connect(self._to, self._ca)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._answer())
                tasks.create_task(self._write())
        finally:
            client, self._client = self._client, None
            await looplink.close(client)

    def _there(self) -> bool:
        if self._client is None:
            return False
        now = asyncio.get_running_loop().time()
        return now >= self._rest_until and (self._since is None or now - self._since < WAIT_SECONDS)

    async def _answer(self) -> None:
        while True:
            await self._asked.wait()
            batch, self._questions = self._questions[:BATCH], self._questions[BATCH:]
            if not self._questions:
                self._asked.clear()
            if not (asked := [(name, future) for name, future in batch if not future.done()]):
                continue
            self._since = asyncio.get_running_loop().time()
            answers = await self._run([("GET", _key(name)) for name, _ in asked])
            self._since = None
            for (_, future), answer in zip(asked, answers or [AWAY] * len(asked), strict=True):
                if not future.done():
                    future.set_result(answer)

    async def _write(self) -> None:
        while True:
            await self._said.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._said.clear()
            said, self._waiting, self._size = self._waiting, [], 0
            if await self._has_room():
                await self._run([("SET", _key(name), sealed, "PX", int(self._keep * 1000)) for name, sealed in said])

    async def _has_room(self) -> bool:
        now = asyncio.get_running_loop().time()
        if now >= self._room_at:
            self._room_at = now + ROOM_SECONDS
            info = await self._tried(lambda: self._client.info("memory"))
            self._room = bool(info) and all(map(_roomy, [info] if "maxmemory" in info else info.values()))
        return self._room

    async def _run(self, commands: Sequence[tuple[Any, ...]]) -> list[Any] | None:
        """None when there was no answer to one of them."""
        pipeline = self._client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        answers: list[Any] | None = await self._tried(pipeline.execute)
        return answers

    async def _tried(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        """None after a failure of any kind."""
        try:
            with explained(self._to):
                async with asyncio.timeout(looplink.ANSWER_SECONDS):
                    answer = await ask()
        except Exception as error:  # noqa: BLE001 - nothing depends on it, and its end would be the gateway's
            now = asyncio.get_running_loop().time()
            self._rest_until = now + REST_SECONDS
            if not self._told and now >= self._quiet_until:
                why = str(error) if isinstance(error, Away) else f"the shared state failed ({type(error).__name__})"
                logger.warning("%s; verdicts are remembered in memory alone", why)
                self._told, self._quiet_until = True, now + QUIET_SECONDS
            return None
        if self._told:
            logger.warning("the shared state at %s answers; verdicts are shared again", self._to)
        self._told = False
        return answer


def _key(name: bytes) -> str:
    return PREFIX + name.hex()


def _roomy(info: dict[str, Any]) -> bool:
    most = int(info.get("maxmemory", 0))
    return not most or int(info.get("used_memory", 0)) < most * ROOM
