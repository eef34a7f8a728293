"""`facegate scan`: the gate's own inspection, in the gate's own workers, on local files and folders."""

import json
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import click
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from rich.console import Console
from rich.text import Text

from facegate.commands import calibrate
from facegate.commands.copies import Copies
from facegate.commands.looking import Looked, look_at, progress
from facegate.commands.opened import printable
from facegate.commands.options import given, home_options, json_option
from facegate.errors import ConfigError
from facegate.folders import walked

CLEAR, FACES, UNREADABLE = 0, 1, 2  # exit codes; a folder with both tells of the faces
STYLES = {"clear": "green", "faces": "red", "unreadable": "yellow"}


@dataclass(frozen=True, slots=True)
class Line:
    """What is known of one file, and how long it took. `copy`: where the redacted one is; None where none was asked
    for, "" where none was made."""

    path: str
    verdict: Verdict
    ms: float
    copy: str | None = None

    @classmethod
    def of(cls, looked: Looked, copies: Copies | None) -> Self:
        """Writes the copy. Raises ConfigError."""
        line = cls(_shown(looked.path), looked.verdict, looked.ms)
        if copies is None:
            return line
        if not isinstance(looked.verdict, Faces) or not looked.verdict.redacted:
            return replace(line, copy="")
        return replace(line, copy=_shown(copies.write(looked.path, looked.verdict.redacted)))

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
        facts = {"path": self.path, "verdict": self.word, "reason": self.reason, "faces": faces}
        if self.copy is not None:
            facts |= {"redacted": self.copy, "unredacted": self.unredacted}
        return json.dumps(facts | {"ms": round(self.ms, 1)})

    @property
    def unredacted(self) -> str:
        return self.verdict.unredacted if isinstance(self.verdict, Faces) else ""

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
                if self.copy is not None:
                    detail += f"  redacted: {self.copy}" if self.copy else f"  not redacted: {self.unredacted}"
            case Unreadable(why, note):
                detail = f"{why}{f' ({note})' if note else ''}"
        about = f"{printable(detail)}  {self.ms:.0f} ms"
        return Text.assemble((f"{self.word:<10}", STYLES[self.word]), f" {printable(self.path)}  ", (about, "dim"))


def _shown(path: Path) -> str:
    """Names that are no UTF-8 are shown, not stumbled over."""
    return str(path).encode("utf-8", "replace").decode()


def exit_code(words: Counter[str]) -> int:
    return FACES if words["faces"] else UNREADABLE if words["unreadable"] else CLEAR


def summary(words: Counter[str], seconds: float) -> Text:
    told = Text(f"{words.total():,} file{'' if words.total() == 1 else 's'} in {seconds:,.0f} s")
    for word, shown in (("faces", "with faces"), ("unreadable", "unreadable"), ("clear", "clear")):
        if words[word]:
            told.append(" · ").append(f"{words[word]:,} {shown}", STYLES[word])
    return told


@click.command()
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option(
    "--jobs", type=click.IntRange(1, 256), default=os.process_cpu_count() or 1, show_default="one a core",
    help="Worker processes.",
)  # fmt: skip
@click.option(
    "--calibrate", "labelled", type=click.Path(path_type=Path), metavar="DIR",
    help="Instead of PATH: what each threshold costs on your own pictures, those in DIR/faces and DIR/nofaces.",
)  # fmt: skip
@click.option(
    "--mistakes", type=click.IntRange(0), metavar="N",
    help=f"With --calibrate: how many mistakes of each kind are shown.  [default: {calibrate.MISTAKES}]",
)  # fmt: skip
@click.option(
    "--redact", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Write copies there in which every face is covered.",
)  # fmt: skip
@json_option
@home_options
def scan(
    paths: tuple[str, ...], jobs: int, labelled: Path | None, mistakes: int | None, redact: Path | None, as_json: bool,
    config: Path | None, home: Path | None,
) -> None:  # fmt: skip
    """Look for faces in files and folders, as the gate would: with its limits and its detector.

    Exit status 0: all clear. 1: faces somewhere. 2: no faces, but something unreadable.
    With --calibrate it is 0 when the report was printed.
    """
    if labelled is not None:
        if paths:
            raise ConfigError(f"--calibrate looks at {labelled} alone; leave {paths[0]} away")
        if redact is not None:
            raise ConfigError("--calibrate changes no picture; leave --redact away")
        if mistakes is not None and as_json:
            raise ConfigError("--json has every picture with its score; leave --mistakes away")
        calibrate.run(labelled, jobs, given(config, home).worker_settings, mistakes, as_json)
        return
    if mistakes is not None:
        raise ConfigError("--mistakes goes with --calibrate DIR only")
    if not paths:
        raise ConfigError("name what to look at, as in: facegate scan PATH...")
    for name in paths:
        if not os.path.lexists(name):
            raise ConfigError(f"{name}: no such file or folder")
    settings = given(config, home)
    found = [(Path(name), file) for name in paths for file in walked((name,))]
    copies = Copies.planned(redact, settings.gate_policy.cover, found) if redact else None
    on_terminal = sys.stdout.isatty()
    quiet = not sys.stderr.isatty() or (as_json and on_terminal)
    bar = progress(quiet=quiet)
    # lines and bar on one terminal have to know of each other, or they overwrite one another
    out = bar.console if on_terminal and not quiet else Console(soft_wrap=True)
    words: Counter[str] = Counter()

    def tell(looked: Looked) -> None:
        line = Line.of(looked, copies)
        words[line.word] += 1
        if as_json:
            click.echo(line.as_json())  # as it is: rich would wrap it and make pictures of :names:
        else:
            out.print(line.as_text(), highlight=False, soft_wrap=True)

    started = time.monotonic()
    files = [file for _named, file in found]
    look_at(files, settings.worker_settings, jobs, bar, tell, cover=copies.cover if copies else None)
    if not quiet:
        bar.console.print(summary(words, time.monotonic() - started), highlight=False)
    sys.exit(exit_code(words))
