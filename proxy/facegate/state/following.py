"""How a database that is a copy of a shared state stands to it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Following:
    """`behind`: changes of others that are known of and not here yet. `heard`: seconds since the last word of it."""

    connected: bool
    behind: int
    heard: float
