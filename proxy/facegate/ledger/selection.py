"""Which lines: from when until when, of which events, of which job. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Selection:
    """`until` itself is outside. Damaged lines have no time, event or job: they are in, whatever is asked for."""

    since: datetime | None = None
    until: datetime | None = None
    events: frozenset[str] = frozenset()
    job: str | None = None

    def holds(self, entry: Mapping[str, Any]) -> bool:
        if entry.get("damaged"):
            return True
        if self.events and entry.get("event") not in self.events:
            return False
        if self.job is not None and entry.get("job") != self.job:
            return False
        return (self.since is None and self.until is None) or self._in_time(entry)

    def _in_time(self, entry: Mapping[str, Any]) -> bool:
        try:
            at = datetime.fromisoformat(str(entry.get("at")))
            return (self.since is None or self.since <= at) and (self.until is None or at < self.until)
        except (ValueError, TypeError):  # none, or one without a zone
            return False
