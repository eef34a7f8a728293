"""Who is logged in. Kept in this process alone, and only as hashes: a restart logs everybody out."""

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

SESSIONS = 1_000  # at once; the one that was quiet for longest ends first
OF_ONE = 20  # of one person at once
ROTATED = 900.0  # seconds after which a session gets another id
GRACE = 60.0  # seconds in which its former id still counts: what was under way, other tabs
MESSAGES = 5  # that wait to be shown
LONGEST_MESSAGE = 1_000
_BYTES = 32


@dataclass(eq=False, slots=True)
class Session:
    """`seal` is of the password and role it was opened with: when those change, it ends."""

    user: str
    role: str
    seal: str
    opened: float
    seen: float
    rotated: float
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(_BYTES), repr=False)
    former: bytes = field(default=b"", repr=False)
    messages: list[str] = field(default_factory=list)
    ended: bool = False


class Sessions:
    """`idle` and `longest` in seconds."""

    def __init__(self, idle: float, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.idle, self.longest = idle, longest
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()  # the one that was quiet for longest first
        self._former: dict[bytes, bytes] = {}  # of ids that were rotated a moment ago: the hash of the present one

    def open(self, user: str, role: str, seal: str) -> tuple[str, Session]:
        """The id, which goes into the cookie and is kept nowhere else."""
        now = self._clock()
        session, text = Session(user, role, seal, now, now, now), secrets.token_urlsafe(_BYTES)
        with self._lock:
            mine = [key for key, it in self._sessions.items() if it.user == user]
            for key in mine[: max(0, len(mine) - OF_ONE + 1)]:
                self._end(key)
            while len(self._sessions) >= SESSIONS:
                self._end(next(iter(self._sessions)))
            self._sessions[_hash(text)] = session
        return text, session

    def find(self, text: str, *, active: bool = True) -> Session | None:
        """The session with this id, unless it ended. `active`: this is a person's doing."""
        with self._lock:
            key = self._key(text)
            session = self._sessions.get(key)
            if session is None or not self._alive(key, session):
                return None
            if active:
                session.seen = self._clock()
                self._sessions.move_to_end(key)
            return session

    def alive(self, session: Session) -> bool:
        """Is it open still? No activity by itself."""
        now = self._clock()
        return not session.ended and now - session.seen < self.idle and now - session.opened < self.longest

    def rotate(self, text: str, *, now: bool = False) -> str | None:
        """Another id for the session of `text`, when its time has come, or at once."""
        with self._lock:
            key, at = _hash(text), self._clock()
            session = self._sessions.get(key)
            if session is None or not (now or at - session.rotated >= ROTATED):
                return None
            fresh = secrets.token_urlsafe(_BYTES)
            self._former.pop(session.former, None)
            self._sessions[_hash(fresh)] = self._sessions.pop(key)
            self._former[key] = _hash(fresh)
            session.former, session.rotated = key, at
            return fresh

    def end(self, session: Session) -> None:
        with self._lock:
            for key in [key for key, it in self._sessions.items() if it is session]:
                self._end(key)

    def end_all(self, user: str, but: Session | None = None) -> None:
        with self._lock:
            for key in [key for key, it in self._sessions.items() if it.user == user and it is not but]:
                self._end(key)

    def count(self, user: str) -> int:
        """Open ones of one person."""
        with self._lock:
            return sum(it.user == user and self.alive(it) for it in self._sessions.values())

    def tell(self, session: Session, message: str) -> None:
        """Shown once, on the next page."""
        with self._lock:
            session.messages = [*session.messages, message[:LONGEST_MESSAGE]][-MESSAGES:]

    def told(self, session: Session) -> list[str]:
        with self._lock:
            messages, session.messages = session.messages, []
            return messages

    def _key(self, text: str) -> bytes:
        key = _hash(text)
        present = self._former.get(key)
        if present is None:
            return key
        session = self._sessions.get(present)
        if session is not None and self._clock() - session.rotated < GRACE:
            return present
        return key

    def _alive(self, key: bytes, session: Session) -> bool:
        if not self.alive(session):
            self._end(key)
            return False
        return True

    def _end(self, key: bytes) -> None:
        session = self._sessions.pop(key)
        session.ended = True
        self._former.pop(session.former, None)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
