"""What was found out about one thing, and what to do about it."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    OK = "ok"
    NOTE = "note"  # worth knowing; nothing is wrong
    WARNING = "warning"  # it works, and not as most would want it
    PROBLEM = "problem"  # it does not work, or not safely


@dataclass(frozen=True, slots=True)
class Finding:
    """`says` is a sentence; `do`, where there is something to do, is the next step. Neither has a secret in it."""

    subject: str
    state: State
    says: str
    do: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def ok(subject: str, says: str) -> Finding:
    return Finding(subject, State.OK, says)


def note(subject: str, says: str, do: str = "") -> Finding:
    return Finding(subject, State.NOTE, says, do)


def warning(subject: str, says: str, do: str) -> Finding:
    return Finding(subject, State.WARNING, says, do)


def problem(subject: str, says: str, do: str) -> Finding:
    return Finding(subject, State.PROBLEM, says, do)
