"""How the story reaches whoever watches: on a terminal with a table that grows as answers come, or as lines of JSON."""

import contextlib
import json
import shlex
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.table import Table

from facegate.demo.crawl import Answer
from facegate.demo.site import Holds, Resource

Row = Callable[[Answer, Resource], None]


class Telling(Protocol):
    def scene(self, title: str, text: str = "") -> None: ...

    def verb(self, arguments: tuple[str, ...], said: str) -> None:
        """A command as it was typed, and what it printed."""

    def crawl(self, name: str, short: bool = False) -> AbstractContextManager[Row]:
        """What is yielded is called with each answer as it comes. `short`: where it is told often, what has no face
        may be left out."""

    def figures(self, **figures: int | str) -> None: ...


class OnTerminal:
    def __init__(self, console: Console) -> None:
        self._console = console

    def scene(self, title: str, text: str = "") -> None:
        self._console.print()
        self._console.rule(f"[bold]{title}", align="left")
        if text:
            self._console.print(text)

    def verb(self, arguments: tuple[str, ...], said: str) -> None:
        self._console.print(f"$ facegate {shlex.join(arguments)}", style="bold cyan", markup=False, highlight=False)
        self._console.print(said.rstrip(), style="dim", markup=False, highlight=False)

    @contextlib.contextmanager
    def crawl(self, name: str, short: bool = False) -> Iterator[Row]:
        table = Table(title=name, title_justify="left", title_style="italic", box=SIMPLE_HEAD)
        for column in ("what", "status", "the gate", "because of"):
            table.add_column(column)
        table.add_column("ms", justify="right")
        # Where the output is no terminal, it is printed once, at its end.
        with Live(table, console=self._console, refresh_per_second=10, vertical_overflow="visible"):

            def row(answer: Answer, resource: Resource) -> None:
                if short and resource.holds is Holds.NO_FACE and answer.status == 200:
                    return
                facts = (str(answer.status), answer.action, answer.reason or answer.verdict)
                table.add_row(resource.what, *facts, f"{1000 * answer.seconds:.0f}", style=_style(answer))

            yield row
        if not self._console.is_terminal:
            self._console.print()  # Live ends its line on terminals alone

    def figures(self, **figures: int | str) -> None:
        told = (f"  {name.replace('_', ' ')}: [bold]{value}[/]" for name, value in figures.items())
        self._console.print("\n".join(told))


class AsLines:
    """One JSON object a line: `{"crawl": ..., "url": ...}` for an answer, `{"figures": ...}` after a crawl."""

    def scene(self, title: str, text: str = "") -> None:
        """Prose is for people."""

    def verb(self, arguments: tuple[str, ...], said: str) -> None:
        """As above; some print secrets."""

    @contextlib.contextmanager
    def crawl(self, name: str, short: bool = False) -> Iterator[Row]:
        def row(answer: Answer, resource: Resource) -> None:
            told = {
                "status": answer.status,
                "verdict": answer.verdict,
                "action": answer.action,
                "reason": answer.reason,
            }
            ms = {"record": answer.record, "holds": resource.holds, "ms": round(1000 * answer.seconds, 1)}
            click.echo(json.dumps({"crawl": name, "url": answer.url, "what": resource.what} | told | ms))

        yield row

    def figures(self, **figures: int | str) -> None:
        click.echo(json.dumps({"figures": figures}))


def _style(answer: Answer) -> str:
    if answer.status != 200:
        return "red"
    return "yellow" if answer.verdict == "faces" else "green"
