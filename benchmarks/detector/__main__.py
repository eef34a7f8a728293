"""The detector beside others on a labelled folder: recall and false positives, time and memory, in one run.

Every contestant looks at the same files, from bytes to verdict, in a process and on a thread of its own; they take
turns picture by picture. A picture's score is that of its best face. A first pass at a very low threshold draws the
curve; a second one, as shipped, is timed; in a third, two processes share a part of the pictures.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

if not __package__:  # started as `python benchmarks/detector`: that folder's modules are not top-level ones
    sys.path[0] = str(Path(__file__).parents[2])

import click
from facegate.errors import ConfigError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from benchmarks.detector import contestants, redacted, results
from benchmarks.detector.child import ChildDied
from benchmarks.detector.compare import compared
from benchmarks.detector.measure import measure, steps
from benchmarks.detector.render import markdown, show
from benchmarks.detector.results import Results
from benchmarks.detector.tables import tables
from benchmarks.labels import labelled

INSTALL = "install it with `uv sync --group bench`"
FOLDER = click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path)


class Peers(click.ParamType[list[str]]):
    name = "names"

    def convert(self, value: str | list[str], param: click.Parameter | None, ctx: click.Context | None) -> list[str]:
        if isinstance(value, list):
            return value
        names = [] if value == "none" else [name.strip() for name in value.split(",")]
        if unknown := [name for name in names if name not in contestants.PEERS]:
            self.fail(
                f"{unknown[0]!r} is none of {', '.join(contestants.PEERS)}; `none` for facegate alone", param, ctx
            )
        return list(dict.fromkeys(names))


@click.command(help=__doc__)
@click.option("--corpus", type=FOLDER, help="A labelled folder (docs/measuring.md).")
@click.option("--from", "earlier", type=FILE, help="Measure nothing: tables and plots of this results.json.")
@click.option("--before", type=FILE, help="A results.json to compare with, in tables and plots.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for detector.md, plots, results.")
@click.option("--peers", type=Peers(), default=",".join(contestants.DEFAULT), show_default=True, help="Who else runs.")
@click.option("--yunet", type=FILE, help="YuNet's ONNX file; without it YuNet does not run.")
@click.option("--limit", type=click.IntRange(1), help="No more pictures of each kind than this, evenly spread.")
@click.option("--times/--no-times", default=True, show_default=True, help="Measure time and memory.")
@click.option("--two-cores/--no-two-cores", default=True, show_default=True, help="Run two processes side by side too.")
@click.option("--redacted", "redact", is_flag=True, help="Redact the faces and look who still finds one.")
@click.option("--plots/--no-plots", default=True, show_default=True, help="Draw plots into --out.")
def main(
    corpus: Path | None, earlier: Path | None, before: Path | None, out: Path | None, peers: list[str],
    yunet: Path | None, limit: int | None, times: bool, two_cores: bool, redact: bool, plots: bool,
) -> None:  # fmt: skip
    if (corpus is None) == (earlier is None):
        raise click.UsageError("give either --corpus DIR to measure, or --from results.json to draw again")
    if out and plots and find_spec("matplotlib") is None:
        raise click.UsageError(f"plots need matplotlib: {INSTALL}, or give --no-plots")
    then = results.load(before) if before else None
    if corpus:
        now = _measured(corpus, _names(peers, yunet), yunet, limit, times=times, two_cores=two_cores, redact=redact)
    else:
        assert earlier
        now = results.load(earlier)
    made = [*([compared(now, then)] if then else []), *tables(now)]
    if out:
        out.mkdir(parents=True, exist_ok=True)
        results.save(now, out / "results.json")
        drawn: list[str] = []
        if plots:
            from benchmarks.detector.plots import draw

            drawn = draw(now, then, out)
        (out / "detector.md").write_text(markdown(made, now, drawn), encoding="utf-8")
    show(made, Console())


def _names(peers: list[str], yunet: Path | None) -> list[str]:
    """Who runs; a peer that cannot is refused, but for one that only lacks the file nobody gave."""
    given = [name for name in peers if yunet or not contestants.ENTRIES[name].file]
    for name in given:
        if absent := contestants.absent(name):
            raise click.UsageError(f"{name} needs {' and '.join(absent)}: {INSTALL}, or give --peers none")
    for name in peers:
        if name not in given:
            click.echo(f"{name} does not run: it needs a file of weights (--yunet FILE)", err=True)
    return [contestants.OURS, *given]


def _measured(
    corpus: Path, names: list[str], yunet: Path | None, limit: int | None, *, times: bool, two_cores: bool, redact: bool
) -> Results:
    cover = redacted.redactor() if redact else None
    pictures = labelled(corpus, limit)
    total = steps(names, pictures, times=times, two_cores=two_cores)
    if cover:
        total += len(pictures) * (1 + len(names))
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("starting", total=total)

        def step(doing: str) -> None:
            bar.update(task, advance=1, description=doing)

        now = measure(corpus, pictures, names, yunet, times=times, two_cores=two_cores, step=step)
        if cover:
            redacted.look(corpus, now, yunet, cover, step)
    return now


def run() -> None:
    """Exit 2 with one line for what the user can put right."""
    try:
        main()
    except (ConfigError, ChildDied, results.ResultsError, redacted.CannotRedact) as error:
        click.echo(f"Error: {error}", err=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    run()
