"""An inspector that looks at nothing twice: what it saw it remembers, and who asks at once is answered at once.

A head is another one each second, by its date. So where body and head are looked at to be withheld, the head is looked
at alone, and the body is remembered without it. For a release, where every face of both counts, they stay together.

What others saw is asked for by who is about to look, once for all who wait. Text is not: looking takes no longer.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from facegate_addons.domain.model import Clear, Payload, Unreadable, Verdict
from facegate_addons.domain.ports import Inspector, SharedVerdicts
from facegate_addons.domain.reasons import Reason
from facegate_addons.verdicts.basis import basis
from facegate_addons.verdicts.flight import Flights
from facegate_addons.verdicts.key import key
from facegate_addons.verdicts.lasting import lasts
from facegate_addons.verdicts.memory import Memory
from facegate_addons.workers.protocol import WorkerSettings

_TEXT = ("text/", "application/json", "application/javascript")  # as the origin says: a wrong one costs a look


class Remembering:
    """Satisfies the Inspector port. `versions` are those of the workers as they are now."""

    def __init__(
        self,
        inspector: Inspector,
        memory: Memory,
        settings: WorkerSettings,
        versions: Callable[[], Mapping[str, str]],
        others: SharedVerdicts | None = None,
        heard: Callable[[str], None] = lambda _source: None,
    ) -> None:
        """`heard` is told where each verdict comes from (memory, shared, redis, look), in the context of who asked."""
        self._heard = heard
        self.looks = self.remembered = self.shared = self.told = 0  # how often it was answered in which way
        self._others = others
        self._inspector = inspector
        self._memory = memory
        self._settings = settings
        self._versions = versions
        self._of = versions()  # the versions that `_basis` is of
        self._basis = basis(settings, self._of)
        self._flights = Flights[bytes, Verdict]()

    async def inspect(self, payload: Payload) -> Verdict:
        if payload.headers and payload.body and not payload.whole:
            head = await self._inspector.inspect(Payload(b"", headers=payload.headers, job=payload.job))
            if isinstance(head, Clear):
                payload = replace(payload, headers=())
        return await self._known(payload)

    async def _known(self, payload: Payload) -> Verdict:
        name = key(payload, self._now())
        remembered = self._memory.get(name)
        if remembered is not None:
            self.remembered += 1
            self._heard("memory")
            return remembered
        verdict, joined = await self._asked(name, payload)
        if joined and isinstance(verdict, Unreadable) and verdict.why is Reason.OVERLOADED:
            verdict, _ = await self._asked(name, payload)  # it was another one's place in the line: ours may be better
        return verdict

    async def _asked(self, name: bytes, payload: Payload) -> tuple[Verdict, bool]:
        """The verdict, and whether it was somebody else who asked."""
        joins = name in self._flights
        self.shared += joins
        if joins:
            self._heard("shared")
        return await self._flights.join(name, lambda: self._look(name, payload)), joins

    async def _look(self, name: bytes, payload: Payload) -> Verdict:
        others = None if payload.content_type.lower().startswith(_TEXT) else self._others
        if others is not None and (told := await others.get(name)) is not None:
            self.told += 1
            self._heard("redis")
            self._memory.put(name, *told)
            return told[0]
        self.looks += 1
        self._heard("look")
        verdict = await self._inspector.inspect(payload)
        if lasts(verdict):
            self._memory.put(name, verdict)
            if others is not None:
                others.put(name, verdict)
        return verdict

    def _now(self) -> str:
        versions = self._versions()
        if versions is not self._of:
            self._of, self._basis = versions, basis(self._settings, versions)
        return self._basis
