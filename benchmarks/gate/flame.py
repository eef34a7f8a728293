"""Where a gateway process spends its time under load: a flame graph of its event loop, as py-spy sees it from outside.

One gateway process with its defaults; client and origin beside it. Time in which the loop waits is left out.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks import proxies
from benchmarks.gate import flamegraph, origin, processes
from benchmarks.gate.bodies import BODIES
from benchmarks.gate.drive import drive

RATE = 200  # samples a second
CONNECTIONS = 16
LOOP = "BaseEventLoop._run_once ("  # what is above it is the same for each sample
WAITS = "Selector.select ("


@click.command(help=__doc__)
@click.option("--body", "names", multiple=True, type=click.Choice(list(BODIES)), default=("page", "photo", "seen"))
@click.option("--seconds", default=15.0, show_default=True, help="Under load, for each body.")
@click.option("--name", default="now", show_default=True, help="Part of the files' names: flame-BODY-NAME.svg.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("docs/images"), show_default=True)
@click.option(
    "--recorded",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Draw BODY.txt in this folder instead: recordings of `py-spy record --function --format raw`.",
)
@click.option("--keep", type=click.Path(path_type=Path), help="Leave the recordings in this folder.")
def main(
    names: tuple[str, ...], seconds: float, name: str, out: Path, recorded: Path | None, keep: Path | None
) -> None:
    with TemporaryDirectory() as temporary:
        folder = recorded or keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not recorded:
            record(names, seconds, folder)
        out.mkdir(parents=True, exist_ok=True)
        for body in names:
            file = folder / f"{body}.txt"
            if not file.exists():
                raise click.UsageError(f"{file} is not there")
            stacks = loop(file.read_text(encoding="utf-8"))
            picture = out / f"flame-{body}-{name}.svg"
            title = f"One gateway process under load ({BODIES[body].title}): event loop, waiting left out"
            picture.write_text(flamegraph.draw(stacks, title), encoding="utf-8")
            click.echo(f"{picture}: " + ", ".join(f"{k} {v:.0%}" for k, v in flamegraph.shares(stacks).items()))
            for function, share in flamegraph.leaves(stacks, 10):
                click.echo(f"  {share:5.1%}  {function}")


def record(names: tuple[str, ...], seconds: float, folder: Path) -> None:
    """Leaves NAME.txt in `folder`, collapsed stacks of all threads of a gateway process, for each body."""
    spy = shutil.which("py-spy", path=str(Path(sys.executable).parent))
    if spy is None:
        raise click.UsageError("py-spy is missing; run it as `make bench-flame`, or with `uv run --group bench`")
    with origin.running() as base, proxies.facegate("--workers", "1") as proxy, ThreadPoolExecutor(1) as pool:
        (gateway,) = _gateways(proxy.pid)
        for name in names:
            body = BODIES[name]

            def load(length: float, body=body) -> None:  # type: ignore[no-untyped-def]
                drive(proxy.url, base + body.path, fresh=body.fresh, connections=CONNECTIONS, seconds=length)

            load(1)
            driving = pool.submit(load, seconds + 2)
            argv = [spy, "record", "--pid", str(gateway), "--duration", f"{max(1, round(seconds))}", "--function"]
            argv += ["--rate", str(RATE), "--format", "raw", "--output", str(folder / f"{name}.txt")]
            done = subprocess.run(argv, capture_output=True, text=True, timeout=seconds + 120, check=False)
            driving.result()
            if done.returncode:
                why = (done.stderr.strip() or "failed").splitlines()[-1]
                raise click.ClickException(f"py-spy: {why} (it needs root, or the right to trace other processes)")


def loop(text: str) -> dict[tuple[str, ...], int]:
    """The samples in which the event loop was at work, from where their ways part."""
    found: dict[tuple[str, ...], int] = {}
    for stack, count in flamegraph.parse(text).items():
        start = next((at + 1 for at, frame in enumerate(stack) if frame.startswith(LOOP)), None)
        if start and start < len(stack) and WAITS not in stack[-1]:
            found[stack[start:]] = found.get(stack[start:], 0) + count
    return found


def _gateways(root: int) -> Iterator[int]:
    for pid in processes.tree(root):
        if b"facegate.serve.gateway\0" in Path(f"/proc/{pid}/cmdline").read_bytes():
            yield pid


if __name__ == "__main__":
    main()
