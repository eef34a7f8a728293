"""Each body's verdict and its cost, by the inspection and the detector that a worker has."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath

from facegate_addons.detection.faces import FaceDetector
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Faces, Payload, Unreadable, Verdict
from facegate_addons.inspection import walk
from facegate_addons.inspection.budget import Budget

from benchmarks.benign.bodies import Body
from benchmarks.benign.kinds import content_type, kind_of

MIN_FACE = 20  # pixels, as shipped


@dataclass
class Row:
    """`cpu` and `wall` are seconds; `reason` is "" for what passed."""

    package: str
    path: str
    kind: str
    size: int
    reason: str
    detail: str
    cpu: float
    wall: float


@dataclass
class Inside:
    """What is withheld when it comes alone, of the members of archives that are withheld: by extension and reason."""

    count: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    size: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    example: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def add(self, package: str, files: Iterable[tuple[str, bytes]]) -> Iterator[str]:
        for path, data in files:
            yield path
            reason, detail = said(_verdict(data, content_type(path)))
            if reason:
                key = PurePosixPath(path).suffix.lower() or kind_of(path), reason, detail
                self.count[key] += 1
                self.size[key] += len(data)
                self.example.setdefault(key, f"{package}: {path}")


@cache
def _detector() -> FaceDetector:
    return FaceDetector.load(threshold=None, min_face=MIN_FACE)


def _verdict(data: bytes, kind: str) -> Verdict:
    """The limit on seconds is one of CPU time here: what else the machine does must not decide what is withheld."""
    return walk.look(Payload(data, content_type=kind), _detector(), Budget(Limits(), time.process_time))


def warm() -> None:
    _detector()
    _verdict(b"<p>warm</p>", "text/html")


def look(body: Body) -> Row:
    cpu, wall = time.process_time(), time.perf_counter()
    verdict = _verdict(body.data, body.content_type)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    reason, detail = said(verdict)
    return Row(body.package, body.path, body.kind, len(body.data), reason, detail, cpu, wall)


def said(verdict: Verdict) -> tuple[str, str]:
    match verdict:
        case Unreadable(why, detail):
            return why.value, detail
        case Faces(findings):
            return "faces", findings[0].where if findings else ""
    return "", ""


def by_kind(rows: list[Row]) -> dict[str, list[Row]]:
    kinds: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        kinds[row.kind].append(row)
    return kinds
