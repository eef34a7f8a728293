"""When a ledger file is closed, and the next one begun."""

from dataclasses import dataclass
from datetime import timedelta

SIZE_MIN = 1 << 20  # bytes; a smaller file holds less than the largest line


@dataclass(frozen=True, slots=True)
class Rotation:
    """At a size or an age, whichever comes first; None: not by that."""

    size: int | None = 256 << 20  # bytes; some 350,000 exchanges, verified in a second
    age: timedelta | None = timedelta(days=30)

    def due(self, size: int, age: timedelta) -> bool:
        return (self.size is not None and size >= self.size) or (self.age is not None and age >= self.age)
