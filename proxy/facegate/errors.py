"""Errors by whose fault they are. These are the operator's: one line that says what to do; the command exits 2.

FacegateError
├── ConfigError   facegate.toml, an option, a job file
│   └── InvalidJob    a job that may not be: every field at fault, and what to write instead
├── NotFound      no such job, user, record
├── Conflict      it is no longer, or not yet, as this needs it
├── NotAllowed    not for this person
├── HomeError     the home directory, the CA, a port, the master key
├── GateError     the self-test: the gate does not hold, or lets nothing pass
├── FetchError    a model's weights did not arrive
└── StateError    the database is damaged, too new, or cannot be written
    ├── Altered       a row does not say what facegate wrote there
    └── Uncertain     the disk failed in the midst of a COMMIT: it may be written, or not
"""

from collections.abc import Sequence
from dataclasses import dataclass


class FacegateError(Exception):
    """Its text is one line for the person at the keyboard: what is wrong, and what to do."""


class ConfigError(FacegateError):
    pass


@dataclass(frozen=True, slots=True)
class Problem:
    """`field` is dotted, as in a job file; `text` says what is wrong with it and what to write instead."""

    field: str
    text: str

    def __str__(self) -> str:
        return f"{self.field} {self.text}"


class InvalidJob(ConfigError):
    """`where` is the file, or the request, that it stands in."""

    def __init__(self, where: str, problems: Sequence[Problem]) -> None:
        self.where = where
        self.problems = tuple(problems)
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{where}: {problems[0]}{more}")


class NotFound(FacegateError):
    pass


class Conflict(FacegateError):
    pass


class NotAllowed(FacegateError):
    pass


class HomeError(FacegateError):
    pass


class GateError(FacegateError):
    pass


class FetchError(FacegateError):
    pass


class StateError(FacegateError):
    pass


class Altered(StateError):
    pass


class Uncertain(StateError):
    pass
