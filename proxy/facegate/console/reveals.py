"""Pictures that somebody gave a reason to see, between the making and the one time they are fetched."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from facegate_addons.domain.preview import Shown

from facegate.console.sessions import Session

SECONDS = 60.0  # as long as pictures stay on the page
HELD = 32 << 20  # bytes of all that wait; the oldest go first
_TOKEN = 32  # bytes


@dataclass(frozen=True, slots=True)
class Revealed:
    """A picture that can be fetched once, by `token`. `shown` has no image any more."""

    token: str = field(repr=False)
    shown: Shown


@dataclass(frozen=True, slots=True)
class Reveal:
    """What one look at one record gave. `key` leads the page back to it."""

    key: str = field(repr=False)
    record: str
    pictures: tuple[Revealed, ...]


@dataclass(eq=False, slots=True)
class _Waiting:
    session: Session
    record: str
    until: float
    image: bytes = field(repr=False)


class Reveals:
    """What waits belongs to one session, and to one record."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: OrderedDict[str, _Waiting] = OrderedDict()  # by token, the oldest first
        self._looks: OrderedDict[str, tuple[Session, float, Reveal]] = OrderedDict()

    def keep(self, session: Session, record: str, pictures: Sequence[Shown]) -> Reveal:
        until = self._clock() + SECONDS
        revealed = []
        with self._lock:
            self._sweep()
            for shown in pictures:
                token = secrets.token_urlsafe(_TOKEN)
                self._waiting[token] = _Waiting(session, record, until, shown.image)
                revealed.append(Revealed(token, replace(shown, image=b"")))
            while sum(len(it.image) for it in self._waiting.values()) > HELD:
                self._waiting.popitem(last=False)
            reveal = Reveal(secrets.token_urlsafe(_TOKEN), record, tuple(revealed))
            self._looks[reveal.key] = (session, until, reveal)
        return reveal

    def take(self, session: Session, record: str, token: str) -> bytes | None:
        """The picture, the first time it is asked for by whom it is for."""
        with self._lock:
            self._sweep()
            waiting = self._waiting.get(token)
            if waiting is None or waiting.session is not session or waiting.record != record:
                return None
            del self._waiting[token]
            return waiting.image

    def find(self, session: Session, record: str, key: str) -> Reveal | None:
        """Once: a page that is loaded again has no pictures."""
        with self._lock:
            self._sweep()
            owner, _, reveal = self._looks.get(key, (None, 0.0, None))
            if reveal is None or owner is not session or reveal.record != record:
                return None
            del self._looks[key]
            return reveal

    def _sweep(self) -> None:
        now = self._clock()
        for token in [token for token, it in self._waiting.items() if it.until <= now or it.session.ended]:
            del self._waiting[token]
        for key in [key for key, (_, until, _) in self._looks.items() if until <= now]:
            del self._looks[key]
