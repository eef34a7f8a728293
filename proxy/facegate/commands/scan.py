"""`facegate scan`: the gate's own inspection, in the gate's own workers, on local files and folders."""

import asyncio
import json
import os
import stat
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.workers.pool import InspectionPool, PoolFailed
from facegate_addons.workers.protocol import WorkerSettings
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from facegate.commands.opened import printable
from facegate.commands.options import configured, home_options, json_option
from facegate.errors import ConfigError

CLEAR, FACES, UNREADABLE = 0, 1, 2  # exit codes; a folder with both tells of the faces
STYLES = {"clear": "green", "faces": "red", "unreadable": "yellow"}


@dataclass(frozen=True, slots=True)
class Line:
    """What is known of one file, and how long it took."""

    path: str
    verdict: Verdict
    ms: float

    @property
    def word(self) -> str:
        match self.verdict:
            case Clear():
                return "clear"
            case Faces():
                return "faces"
            case Unreadable():
                return "unreadable"

    @property
    def reason(self) -> Reason:
        match self.verdict:
            case Clear():
                return Reason.CLEAR
            case Faces():
                return Reason.FACES
            case Unreadable(why):
                return why

    def as_json(self) -> str:
        findings = self.verdict.findings if isinstance(self.verdict, Faces) else ()
        faces = [{"box": list(f.box), "score": f.score} | ({"where": f.where} if f.where else {}) for f in findings]
        return json.dumps(
            {"path": self.path, "verdict": self.word, "reason": self.reason, "faces": faces, "ms": round(self.ms, 1)}
        )

    def as_text(self) -> Text:
        """Of parts, not of markup: names of files are hostile."""
        detail = ""
        match self.verdict:
            case Clear(kind):
                detail = kind
            case Faces(findings):
                best = max(findings, key=lambda f: f.score)
                more = f" and {len(findings) - 1} more" if len(findings) > 1 else ""
                where = f" in {best.where}" if best.where else ""
                detail = f"{','.join(map(str, best.box))} score {best.score:.2f}{where}{more}"
            case Unreadable(why, note):
                detail = f"{why}{f' ({note})' if note else ''}"
        about = f"{printable(detail)}  {self.ms:.0f} ms"
        return Text.assemble((f"{self.word:<10}", STYLES[self.word]), f" {printable(self.path)}  ", (about, "dim"))


def walked(paths: tuple[str, ...]) -> Iterator[Path]:
    """Every file under `paths`, folders in sorted order; links to folders are not followed, so the walk ends.

    A folder that cannot be opened comes out itself: what nobody listed was not found clear.
    """
    for name in paths:
        path = Path(name)
        if not path.is_dir():
            yield path
            continue
        closed: list[OSError] = []
        for folder, folders, files in path.walk(on_error=closed.append):
            folders.sort()
            for file in sorted(files):
                yield folder / file
        yield from (Path(error.filename) for error in closed)


def exit_code(words: set[str]) -> int:
    return FACES if "faces" in words else UNREADABLE if "unreadable" in words else CLEAR


def _read(path: Path, most: int) -> bytes | Unreadable:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode) and not path.is_symlink():
            return Unreadable(Reason.INSPECTION_FAILED, "the folder cannot be opened")
        if not stat.S_ISREG(mode):  # a pipe or a device would never end
            return Unreadable(Reason.UNSUPPORTED_TYPE, "not a regular file")
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > most:
                return Unreadable(Reason.LIMIT_BODY, f"over {most >> 20} MB")
            return file.read(most)
    except OSError as error:
        return Unreadable(Reason.INSPECTION_FAILED, error.strerror or "cannot be read")


async def _look(pool: InspectionPool, free: asyncio.Semaphore, path: Path, limits: Limits) -> Line:
    """`free` counts the workers: the pool takes who waits for one too long for overload, and files can wait."""
    started = time.perf_counter()
    verdict: bytes | Verdict = await asyncio.to_thread(_read, path, limits.body)
    taken = time.perf_counter() - started
    if isinstance(verdict, bytes):
        async with free:
            started = time.perf_counter()
            verdict = await pool.inspect(Payload(body=verdict))
            taken += time.perf_counter() - started
    # names that are no UTF-8 are shown, not stumbled over
    return Line(str(path).encode("utf-8", "replace").decode(), verdict, taken * 1000)


async def _scan(files: list[Path], jobs: int, as_json: bool, settings: WorkerSettings) -> set[str]:
    on_terminal = sys.stdout.isatty()
    quiet = not sys.stderr.isatty() or (as_json and on_terminal)
    bar = Progress(
        TextColumn("looking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True),
        transient=True, disable=quiet, redirect_stdout=False, redirect_stderr=False,
    )  # fmt: skip
    # lines and bar on one terminal have to know of each other, or they overwrite one another
    out = bar.console if on_terminal and not quiet else Console(soft_wrap=True)
    words: set[str] = set()
    async with InspectionPool(settings, size=jobs) as pool:
        with bar:
            task = bar.add_task("", total=len(files))
            # one file more than workers, so that reading does not keep them waiting; lines in the order of the files
            ahead: list[asyncio.Task[Line]] = []
            todo, free = iter(files), asyncio.Semaphore(jobs)
            while True:
                while len(ahead) <= jobs and (path := next(todo, None)) is not None:
                    ahead.append(asyncio.create_task(_look(pool, free, path, settings.limits)))
                if not ahead:
                    return words
                line = await ahead.pop(0)
                words.add(line.word)
                bar.advance(task)
                if as_json:
                    click.echo(line.as_json())  # as it is: rich would wrap it and make pictures of :names:
                else:
                    out.print(line.as_text(), highlight=False, soft_wrap=True)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--jobs", type=click.IntRange(1, 256), default=os.process_cpu_count() or 1, show_default="one a core",
    help="Worker processes.",
)  # fmt: skip
@json_option
@home_options
def scan(paths: tuple[str, ...], jobs: int, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Look for faces in files and folders, as the gate would: with its limits and its detector.

    Exit status 0: all clear. 1: faces somewhere. 2: no faces, but something unreadable.
    """
    for name in paths:
        if not os.path.lexists(name):
            raise ConfigError(f"{name}: no such file or folder")
    settings = configured(config, home).worker_settings
    files = list(walked(paths))
    try:
        words = asyncio.run(_scan(files, min(jobs, max(1, len(files))), as_json, settings))
    except PoolFailed as error:
        raise ConfigError(str(error)) from None
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:  # `facegate scan ... | head`: who reads has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    sys.exit(exit_code(words))
