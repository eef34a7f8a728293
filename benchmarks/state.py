"""What a write costs: in a database alone, shared by Redis, and with two nodes at once. Needs redis-server."""

import asyncio
import json
import shutil
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import click
from facegate.config import load
from facegate.sections import State
from facegate.shared.opened import open_state
from facegate.state.database import Database
from facegate.state.home import Home
from live.redis_server import RedisServer, state_at


def put(name: str) -> Callable[[sqlite3.Connection], None]:
    def change(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO settings VALUES (?, '')", (name,))

    return change


def one_by_one(databases: list[Database], count: int, what: str) -> float:
    """Milliseconds a write, of all that write at once."""

    def write(number: int, database: Database) -> None:
        for each in range(count):
            database.write_now(put(f"{what} {number} {each}"))

    threads = [threading.Thread(target=write, args=each) for each in enumerate(databases)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - started) * 1000 / count / len(databases)


async def at_once(databases: list[Database], count: int, what: str) -> float:
    started = time.perf_counter()
    changes = (
        database.write(put(f"{what} {number} {each}"))
        for number, database in enumerate(databases)
        for each in range(count)
    )
    await asyncio.gather(*changes)
    return (time.perf_counter() - started) * 1000 / count / len(databases)


def fan_out(here: Database, there: Database, number: int) -> float:
    """Milliseconds from the answer to a write until another node's database has it."""
    here.write_now(put(f"news {number}"))
    started = time.perf_counter()
    while not there.read("SELECT 1 FROM settings WHERE name = ?", (f"news {number}",)):
        pass
    return (time.perf_counter() - started) * 1000


@click.command()
@click.option("--writes", default=500, show_default=True, help="Of each kind.")
@click.option("--json", "out", type=click.Path(path_type=Path), help="Also write the figures there.")
def main(writes: int, out: Path | None) -> None:
    """Print milliseconds a write, and until another node has it."""
    program = shutil.which("redis-server")
    if program is None:
        raise click.ClickException("redis-server is not installed")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(RedisServer(program, folder / "redis"))
        shared = state_at(server.url, folder)

        def node(name: str, settings: State) -> Database:
            home = Home.prepare(load(home=str(folder / name)))
            return stack.enter_context(open_state(home, settings, follow=True))

        alone, a, b = node("alone", State()), node("a", shared), node("b", shared)
        news = [fan_out(a, b, number) for number in range(100)]
        found = {
            "alone": one_by_one([alone], writes, "single"),
            "shared": one_by_one([a], writes, "single"),
            "two_nodes": one_by_one([a, b], writes, "two"),
            "alone_many_at_once": asyncio.run(at_once([alone], writes, "many")),
            "shared_many_at_once": asyncio.run(at_once([a], writes, "many")),
            "two_nodes_many_at_once": asyncio.run(at_once([a, b], writes, "more")),
            "news_median": statistics.median(news),
            "news_longest": max(news),
        }
    for name, value in found.items():
        click.echo(f"{name:<24} {value:8.3f} ms")
    if out is not None:
        out.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
