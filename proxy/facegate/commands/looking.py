"""Local files through the gate's own inspection: read, looked at in its workers, told of in their order."""

import asyncio
import hashlib
import os
import stat
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import click
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Cover, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.workers.pool import START_SECONDS, InspectionPool, PoolFailed
from facegate_addons.workers.protocol import WorkerSettings
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from facegate.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Looked:
    """What is known of one file, and how long it took. `sha256` is of the bytes that were looked at, "" for none."""

    path: Path
    verdict: Verdict
    ms: float
    sha256: str


def progress(*, quiet: bool) -> Progress:
    """The bar on stderr that `look_at` moves."""
    return Progress(
        TextColumn("looking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True),
        transient=True, disable=quiet, redirect_stdout=False, redirect_stderr=False,
    )  # fmt: skip


def look_at(
    files: list[Path],
    settings: WorkerSettings,
    jobs: int,
    bar: Progress,
    tell: Callable[[Looked], None],
    *,
    cover: Cover | None = None,
) -> Mapping[str, str]:
    """Have `jobs` workers look at `files`; `tell` hears of each, in their order. Returns the detector's versions.
    `cover` asks for redacted copies.

    Raises ConfigError. Ctrl-C, and a reader of the output that has enough, end the program.
    """
    try:
        with bar:
            return asyncio.run(_look_at(files, settings, min(jobs, max(1, len(files))), bar, tell, cover))
    except PoolFailed as error:
        raise ConfigError(str(error)) from None
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:  # `facegate scan ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


async def _look_at(
    files: list[Path],
    settings: WorkerSettings,
    jobs: int,
    bar: Progress,
    tell: Callable[[Looked], None],
    cover: Cover | None,
) -> Mapping[str, str]:
    task = bar.add_task("", total=len(files))
    async with InspectionPool(settings, size=jobs) as pool:
        # one file more than workers, so that reading does not keep them waiting
        ahead: list[asyncio.Task[Looked]] = []
        todo, free = iter(files), asyncio.Semaphore(jobs)
        while True:
            while len(ahead) <= jobs and (path := next(todo, None)) is not None:
                ahead.append(asyncio.create_task(_look(pool, free, path, settings.limits, cover)))
            if not ahead:
                return pool.versions
            looked = await ahead.pop(0)
            bar.advance(task)
            tell(looked)


async def _look(
    pool: InspectionPool, free: asyncio.Semaphore, path: Path, limits: Limits, cover: Cover | None
) -> Looked:
    """`free` counts the workers: the pool takes who waits for one too long for overload, and files can wait."""
    started = time.perf_counter()
    content, digest = await asyncio.to_thread(_read, path, limits.body)
    taken = time.perf_counter() - started
    if isinstance(content, Unreadable):
        return Looked(path, content, taken * 1000, "")
    async with free:
        started = time.perf_counter()
        verdict = await pool.inspect(Payload(content, cover=cover))
        # a worker that was cut off over the last file is being replaced
        while verdict == Unreadable(Reason.OVERLOADED) and time.perf_counter() - started < START_SECONDS:
            verdict = await pool.inspect(Payload(content, cover=cover))
        taken += time.perf_counter() - started
    return Looked(path, verdict, taken * 1000, digest)


def _read(path: Path, most: int) -> tuple[bytes | Unreadable, str]:
    """The content and its sha256."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode) and not path.is_symlink():
            return Unreadable(Reason.INSPECTION_FAILED, "the folder cannot be opened"), ""
        if not stat.S_ISREG(mode):  # a pipe or a device would never end
            return Unreadable(Reason.UNSUPPORTED_TYPE, "not a regular file"), ""
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > most:
                return Unreadable(Reason.LIMIT_BODY, f"over {most >> 20} MB"), ""
            content = file.read(most)
            return content, hashlib.sha256(content).hexdigest()
    except OSError as error:
        return Unreadable(Reason.INSPECTION_FAILED, error.strerror or "cannot be read"), ""
