"""Two gateways against one behind HAProxy as it is shipped, sharing their state by Redis, which start for this.

All are on the cores of one machine, so what two can do there is what its cores have left, not twice as much. Needs
redis-server and haproxy (tools/provision, or the distribution's packages).
"""

import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from benchmarks import proxies
from benchmarks.gate import measure, origin, page, tables
from benchmarks.gate.bodies import BODIES

from live.balancer import Balancer  # isort: skip - proxies puts tests/ on the path
from live.gateways import Gateway  # isort: skip
from live.redis_server import RedisServer, as_toml, free_port, state_at  # isort: skip

LISTEN = (
    '[listen]\nproxy_protocol = ["127.0.0.1/32"]\nworkers = 1\n[egress]\nprivate = true\n[identity]\nrequired = false\n'
)
NAMES = ("one gateway", "two gateways")


class _Nobody:
    """In the place of a gateway that is not there: HAProxy sends nobody to it."""

    def __init__(self) -> None:
        self.proxy, self.console = (f"http://127.0.0.1:{free_port()}" for _ in range(2))


@click.command(help=__doc__)
@click.option("--rounds", default=5, show_default=True, help="Rounds of each body.")
@click.option("--seconds", default=3.0, show_default=True, help="Length of one round.")
@click.option("--connections", default=16, show_default=True, help="Connections of the client.")
@click.option("--only", multiple=True, type=click.Choice(list(BODIES)), help="These bodies alone; repeatable.")
@click.option("--out", type=click.Path(exists=True, file_okay=False, path_type=Path), help="docs: the page.")
def main(rounds: int, seconds: float, connections: int, only: tuple[str, ...], out: Path | None) -> None:
    if out:
        page.check(out, "balanced")
    redis, haproxy = _program("redis-server"), _program("haproxy")
    plan = measure.Plan(only or ("page", "photo", "seen"), rounds, seconds, connections, 0)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        base = stack.enter_context(origin.running())
        server = stack.enter_context(RedisServer(redis, folder / "redis"))
        config = LISTEN + as_toml(state_at(server.url, folder))
        one = stack.enter_context(Gateway(folder / "a" / "home", config))
        there = folder / "b" / "home"
        there.mkdir(parents=True, mode=0o700)
        shutil.copy(one.home / "master.key", there)  # what is wrapped by one is opened by the other
        other = stack.enter_context(Gateway(there, config))
        targets = {}
        for name, second in zip(NAMES, (_Nobody(), other), strict=True):
            place = folder / name.partition(" ")[0]
            place.mkdir()
            balancer = stack.enter_context(Balancer(haproxy, place, (one, second)))  # type: ignore[arg-type]
            targets[name] = proxies.Proxy(balancer.proxy, one.pid, one.home)
        bar = stack.enter_context(Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()))
        task = bar.add_task("starting", total=len(plan.bodies) * len(targets) * (rounds + 1))
        rows = measure.throughput(base, targets, plan, lambda text: bar.update(task, description=text, advance=1))
    report = (
        table(rows) + f"\n\n{rounds} rounds of {seconds:g} s, {connections} connections; medians (lowest to highest)."
    )
    click.echo(report)
    if out:
        page.write(out, "balanced", report)
    if wrong := list(tables.mishaps(rows)):
        raise click.ClickException("not every reply was a good one: " + "; ".join(wrong))


def table(rows: list[measure.Row]) -> str:
    """Replies a second of both, and the second as a multiple of the first, round by round."""
    one, two = NAMES
    lines = [f"| requests a second behind HAProxy | {one} | {two} | ratio |", "|---|---|---|---|"]
    for body in dict.fromkeys(row["body"] for row in rows):
        pair = [tables.rates(rows, body, name) for name in NAMES]
        ratio = tables.spread([b / a for a, b in zip(*pair, strict=True) if a], "{:.2f}")
        lines.append(f"| {BODIES[body].title} | {tables.spread(pair[0])} | {tables.spread(pair[1])} | {ratio} |")
    return "\n".join(lines)


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise click.UsageError(f"{name} is missing; `make test` installs it, or your distribution's package")
    return found


if __name__ == "__main__":
    main()
