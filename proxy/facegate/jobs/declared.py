"""A folder of job files: each is read for itself, and a bad one stops no other."""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from facegate_addons.domain.job import Job

from facegate.errors import ConfigError, InvalidJob
from facegate.jobs.lifecycle import FILE, Actor
from facegate.jobs.reader import Described

AUTHOR = FILE  # how the author of a version begins that a file declared
PROBLEMS = 20  # told of one file
PROBLEM = 300  # characters of one


@dataclass(frozen=True, slots=True)
class Declared:
    """What the file of that name says; without a job, what is wrong with it."""

    file: str
    job: Job | None = None
    token_hash: bytes | None = None
    problems: tuple[str, ...] = ()

    @property
    def author(self) -> str:
        return AUTHOR + self.file


class Signature(NamedTuple):
    """A file that is another one, or was written, has another. The time of the last status change tells of a writer
    that puts the old times back."""

    device: int
    inode: int
    size: int
    modified: int  # nanoseconds
    changed: int


Read = Callable[[Path], Described]


def actor(declared: Declared, via: str = "file") -> Actor:
    return Actor(declared.author, via=via)


def job_files(folder: Path) -> dict[str, Signature | None]:
    """Those of `folder` in the order of their names; without a signature what is no plain file. A folder that is not
    there declares nothing. Raises ConfigError when it cannot be read.

    Links are followed: a mounted ConfigMap consists of them.
    """
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if _is_job_file(entry.name))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be read ({error.strerror}); jobs stay as they are") from None
    return {name: signature(folder / name) for name in names}


def _is_job_file(name: str) -> bool:
    """Not what editors leave beside it: .x.toml.swp, .#x.toml, #x.toml#, x.toml~."""
    return name.endswith(".toml") and name[0] not in ".#~"


def signature(path: Path) -> Signature | None:
    try:
        found = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return Signature(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def read_declared(path: Path, read: Read) -> Declared:
    """Never raises: what is wrong with the file is in `problems`."""
    name = path.name
    if not name.isprintable():
        name = ascii(name)[1:-1]
        return Declared(name, problems=("the file's name has to be printable UTF-8; rename it",))
    if signature(path) is None:  # to open a pipe would wait for its writer
        return Declared(name, problems=("is no file that can be read; a link has to lead to one",))
    try:
        described = read(path)
    except InvalidJob as error:
        return Declared(name, problems=_told(str(problem) for problem in error.problems))
    except ConfigError as error:
        return Declared(name, problems=_told([str(error).removeprefix(f"{path}: ")]))
    token = bytes.fromhex(described.token_sha256) if described.token_sha256 else None
    return Declared(name, described.job, token)


def _told(problems: Iterable[str]) -> tuple[str, ...]:
    return tuple(p if len(p) <= PROBLEM else f"{p[:PROBLEM]}…" for p in list(problems)[:PROBLEMS])


def once_each(declared: Iterable[Declared]) -> list[Declared]:
    """What two files say differently is said by neither: their order must not decide who runs a crawl."""
    found = list(declared)
    ids = Counter(one.job.id for one in found if one.job)
    tokens = Counter(one.token_hash for one in found if one.token_hash)

    def checked(one: Declared) -> Declared:
        if one.job is None:
            return one
        if ids[one.job.id] > 1:
            others = (other.file for other in found if other is not one and other.job and other.job.id == one.job.id)
            return _refused(one, f"id {one.job.id!r} stands in {', '.join(others)}, too; keep one of them")
        if one.token_hash and tokens[one.token_hash] > 1:
            others = (other.file for other in found if other is not one and other.token_hash == one.token_hash)
            return _refused(one, f"token_sha256 stands in {', '.join(others)}, too; make a token for each job")
        return one

    return [checked(one) for one in found]


def _refused(one: Declared, problem: str) -> Declared:
    return replace(one, job=None, token_hash=None, problems=_told([problem]))
