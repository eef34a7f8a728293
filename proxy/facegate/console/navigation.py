"""The entries of the console's menu: each page brings its own."""

from collections.abc import Iterable
from dataclasses import dataclass

from facegate.state.users import ROLES


@dataclass(frozen=True, slots=True)
class Entry:
    """`place` orders them. `live` names a fact of /events that stands beside it, like the length of the queue."""

    title: str
    path: str
    place: int
    roles: tuple[str, ...] = ROLES
    live: str = ""

    def leads_to(self, path: str) -> bool:
        return path == self.path or (self.path != "/" and path.startswith(f"{self.path}/"))


def menu(entries: Iterable[Entry], role: str) -> list[Entry]:
    return sorted((entry for entry in entries if role in entry.roles), key=lambda entry: entry.place)
