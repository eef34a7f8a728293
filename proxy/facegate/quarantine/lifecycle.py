"""The life of a record, pure: what a decision makes of it, or one line that says why not.

open -> confirmed | false-positive | released | expired. What was decided is open again when it is reopened; what was
delivered, or is over, stays as it is.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from facegate.errors import Conflict, NotAllowed
from facegate.jobs.lifecycle import REVIEWERS, Actor

OPEN, CONFIRMED, FALSE_POSITIVE = "open", "confirmed", "false-positive"
RELEASED, EXPIRED = "released", "expired"
STATES: Final = (OPEN, CONFIRMED, FALSE_POSITIVE, RELEASED, EXPIRED)


class Verb(StrEnum):
    """What people do that changes a record's state."""

    CONFIRM = "confirm"
    FALSE_POSITIVE = "false-positive"
    RELEASE = "release"
    REOPEN = "reopen"


# state and verb -> the state then. What does not stand here is refused.
TRANSITIONS: Final = {
    (OPEN, Verb.CONFIRM): CONFIRMED,
    (OPEN, Verb.FALSE_POSITIVE): FALSE_POSITIVE,
    (OPEN, Verb.RELEASE): RELEASED,
    (CONFIRMED, Verb.RELEASE): RELEASED,
    (RELEASED, Verb.RELEASE): RELEASED,  # to another job
    (CONFIRMED, Verb.REOPEN): OPEN,
    (FALSE_POSITIVE, Verb.REOPEN): OPEN,
    (RELEASED, Verb.REOPEN): OPEN,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What a decision on a record depends on. `decided`: who took the last one and when, for the line of a refusal."""

    id: str
    state: str
    over: bool = False  # its time is over
    gone: bool = False  # and its bytes are destroyed
    has_bytes: bool = True
    in_header: bool = False  # what was found stands in a header of the response
    delivered: bool = False  # to some job
    decided: str = ""


def decide(record: Standing, verb: Verb) -> str:
    """The state that the record then has."""
    after = TRANSITIONS.get((record.state, verb))
    if after is None:
        raise Conflict(_refusal(record, verb))
    if verb is Verb.REOPEN:
        return _reopened(record)
    if record.over:
        raise Conflict(f"record {record.id} has expired; nothing is decided on it any more")
    if verb is Verb.RELEASE and not record.has_bytes:
        raise Conflict(f"record {record.id} has no bytes: none are kept here, so there is nothing to release")
    if verb is Verb.FALSE_POSITIVE and record.in_header:
        raise Conflict(
            f"record {record.id}: it was withheld for what stands in a header, and a correction is of a body; release "
            "it instead"
        )
    return after


def may_decide(by: Actor) -> None:
    """Reviewers and admins; and whoever may write the home, who could give themselves the role."""
    if by.role is not None and by.role not in REVIEWERS:
        raise NotAllowed(f"{by.name} is {by.role}; this takes a reviewer or an admin")


def named(by: Actor) -> None:
    """A reviewer or an admin who was added: this opens the gate, so it takes somebody who can be asked."""
    if by.role not in REVIEWERS:
        raise NotAllowed(f"{by.name} is {by.role or 'no added user'}; this takes an added reviewer or admin")


def _reopened(record: Standing) -> str:
    if record.delivered and record.state == RELEASED:
        raise Conflict(f"record {record.id} was delivered; that cannot be undone")
    if not record.gone:
        return OPEN
    if record.state != FALSE_POSITIVE:  # whose correction has to be revocable for ever
        raise Conflict(f"record {record.id} has expired; it stays {record.state}")
    return EXPIRED


def _refusal(record: Standing, verb: Verb) -> str:
    decided = f", {record.decided}" if record.decided else ""
    said = f"record {record.id} is {record.state}{decided}"
    match record.state, verb:
        case ("open", _):
            return f"{said}; there is nothing to undo"
        case ("expired", _):
            return f"{said}; nothing is decided on it any more"
        case ("false-positive", Verb.RELEASE):
            return f"{said}: it passes without a release"
        case _:
            return f"{said}; reopen it first"
