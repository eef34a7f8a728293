"""The bodies: a part of each package's files, chosen the same way each time, and each package as it was published."""

import hashlib
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from facegate_addons.domain.limits import Limits

from benchmarks.benign.kinds import content_type, kind_of
from benchmarks.benign.packages import Package

LARGEST = Limits().body  # what is larger is refused before anybody looks


@dataclass(frozen=True)
class Body:
    package: str  # its title
    path: str  # inside the package; "" is the package itself
    kind: str
    content_type: str
    data: bytes


def members(file: Path) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of every regular file in a package."""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield info.filename, archive.read(info)
        return
    with tarfile.open(file) as archive:
        for entry in archive:
            if entry.isfile() and (stream := archive.extractfile(entry)):
                yield entry.name, stream.read()


class Sampler:
    """At most `most` files of a package and kind: the largest one, then by the hash of their paths. No bytes twice."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._seen: set[bytes] = set()

    def bodies(self, package: Package, file: Path) -> list[Body]:
        kinds: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
        for path, data in members(file):
            if data and len(data) <= LARGEST and (kind := kind_of(path)) != "picture":
                kinds[kind].append((path, data))
        chosen = [
            Body(package.title, path, kind, content_type(path), data)
            for kind, files in sorted(kinds.items())
            for path, data in self._chosen(files)
        ]
        if file.stat().st_size <= LARGEST:
            chosen.append(Body(package.title, "", "archive", content_type(file.name), file.read_bytes()))
        return chosen

    def _chosen(self, files: list[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
        files = sorted(files, key=lambda member: hashlib.sha256(member[0].encode()).digest())
        largest = max(files, key=lambda member: len(member[1]))
        left = self.most
        for path, data in [largest, *files]:
            digest = hashlib.sha256(data).digest()
            if left and digest not in self._seen:
                self._seen.add(digest)
                left -= 1
                yield path, data
