"""What the gate knows of one request and its response while they pass. It starts refused and has to earn the rest."""

import hashlib
import time
from dataclasses import dataclass, field
from typing import Protocol

from mitmproxy import http

from facegate_addons.domain.job import Job
from facegate_addons.domain.model import Action, Decision, Delivery, Faces, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.cutting import Cutter, Window
from facegate_addons.hooks.handshake import Handshake

_KEY = "facegate"
_REFUSED = Decision(Action.REFUSE, Reason.INTERNAL)


@dataclass(frozen=True, slots=True)
class Sealed:
    """The one response that may leave, and the one body object. Both are compared by identity at the wire."""

    response: http.Response
    body: bytes


class Holding(Protocol):
    """What one exchange may hold in memory."""

    def arrives(self, size: int) -> bool:
        """Is there room for so many bytes more?"""
        ...

    def free(self) -> None: ...


@dataclass(slots=True)
class Stream:
    """A body that leaves in windows, each looked at before it does."""

    cutter: Cutter
    until: float  # in the time of the event loop: it ends then at the latest
    window: Window | None = None  # the one that waits for its hook
    begun: bool = False  # the head has left, or is about to
    released: int = 0  # bytes
    sha256: "hashlib._Hash" = field(default_factory=hashlib.sha256)  # of what was released
    observed: Decision | None = None  # that of the first window which left only because the gateway observes


@dataclass(slots=True)
class Exchange:
    started: float = field(default_factory=time.monotonic)
    job: Job | None = None
    destination_ok: bool = False
    may_leave: bool = False  # the request was granted its way out
    decision: Decision = _REFUSED
    refused: bool = False
    verdict: Verdict | None = None
    origin_status: int = 0
    body: bytes | None = None  # the very object that `digest` was taken of
    digest: str = ""
    redacted: bytes | None = None  # the redacted copy: the very object that `redacted_digest` was taken of
    redacted_digest: str = ""
    payload: Payload | None = None  # what was looked at last
    corrected: bool = False  # a person found the body to bear no face
    asks: tuple[str, ...] = ()  # for records that were released to the job
    delivery: Delivery | None = None  # what persons released to the job: the answer, in place of the origin's
    stream: Stream | None = None
    held: Holding | None = None  # for the bytes of its body
    handshake: Handshake | None = None  # the one that its request asked for
    record: str = ""
    sampling: float = 0.0  # of a picture: the share of those that pass which is drawn for review; 0: it is none, or off
    sample: str = ""  # the id under which this one was drawn
    sealed: Sealed | None = None
    noted: bool = False  # its ledger line is written

    @property
    def detail(self) -> str:
        """What is known beyond the reason: of an unreadable body why, of faces why they were not redacted."""
        match self.verdict:
            case Unreadable(_, detail):
                return detail
            case Faces():
                return self.verdict.unredacted
        return ""

    def is_ours(self, response: http.Response | None) -> bool:
        """Did the gate make or seal this response? What it made runs through the same hooks as the origin's."""
        return self.sealed is not None and response is self.sealed.response

    def refuse(self, reason: Reason) -> None:
        """The first refusal stands, and no decision comes after one."""
        if not self.refused:
            self.refused = True
            self.decision = Decision(Action.REFUSE, reason, digest=self.digest)

    def deny(self) -> None:
        """Before each window: what was granted the last one is gone."""
        self.sealed = None
        if not self.refused:
            self.decision = _REFUSED

    def decide(self, decision: Decision) -> None:
        if not self.refused:
            self.decision = decision

    def digest_of(self, body: bytes) -> str:
        """sha256 of `body`; bytes do not change, so an object that was hashed before needs no second hash."""
        if body is self.body:
            return self.digest
        return self.redacted_digest if body is self.redacted else hashlib.sha256(body).hexdigest()


def exchange_of(flow: http.HTTPFlow) -> Exchange:
    """The flow's exchange; a flow that has none gets a refused one."""
    exchange = flow.metadata.get(_KEY)
    if not isinstance(exchange, Exchange):
        exchange = flow.metadata[_KEY] = Exchange()
    return exchange
