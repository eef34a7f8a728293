"""Which fault is on, in memory that every process of a gateway shares: a worker that may open no file sees it, too."""

import mmap
import struct
from pathlib import Path

SIZE = 4096
_SITE, _KIND, _FIRED, _SHIFT = 0, 1, 8, 16  # offsets: two bytes, then two numbers of eight


class Switch:
    """`open` it on the same file in each process. Who arms writes; who fires counts."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), SIZE)

    @classmethod
    def make(cls, path: Path) -> "Switch":
        path.write_bytes(bytes(SIZE))
        return cls(path)

    def arm(self, site: int, kind: int) -> None:
        """Both from 1 on."""
        struct.pack_into("=qq", self._memory, _FIRED, 0, 0)
        self._memory[_KIND] = kind
        self._memory[_SITE] = site

    def disarm(self) -> None:
        self._memory[_SITE] = 0
        struct.pack_into("=q", self._memory, _SHIFT, 0)

    def armed(self, site: int) -> int:
        """The kind, 0 while it is off."""
        return self._memory[_KIND] if self._memory[_SITE] == site else 0

    def fire(self) -> None:
        """At least one of those that come at the same time counts."""
        struct.pack_into("=q", self._memory, _FIRED, self.fired + 1)

    @property
    def fired(self) -> int:
        return int(struct.unpack_from("=q", self._memory, _FIRED)[0])

    @property
    def shift(self) -> int:
        """Seconds by which the clock is wrong."""
        return int(struct.unpack_from("=q", self._memory, _SHIFT)[0])

    @shift.setter
    def shift(self, seconds: int) -> None:
        struct.pack_into("=q", self._memory, _SHIFT, seconds)
