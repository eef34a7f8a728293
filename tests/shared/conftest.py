"""Nodes: each with a home of its own, all with one Redis."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from facegate.config import load
from facegate.sections import State
from facegate.shared.entry import Seal
from facegate.shared.log import Log
from facegate.shared.node import log_of
from facegate.shared.opened import open_state
from facegate.state.database import Database
from facegate.state.home import Home

Node = Callable[..., Database]


@pytest.fixture
def home_of(tmp_path: Path) -> Callable[[str], Home]:
    return lambda name: Home.prepare(load(home=str(tmp_path / name)))


@pytest.fixture
def node(shared_state: State, home_of: Callable[[str], Home]) -> Iterator[Node]:
    """`node("a")`: its database, open until the test's end."""
    opened: list[Database] = []

    def make(name: str, *, follow: bool = False) -> Database:
        opened.append(open_state(home_of(name), shared_state, follow=follow))
        return opened[-1]

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def log(shared_state: State, home_of: Callable[[str], Home]) -> Iterator[Log]:
    """Of a node that has no database."""
    log, _ = log_of(home_of("onlooker"), shared_state)
    yield log
    log.close()


@pytest.fixture
def seal(shared_state: State) -> Seal:
    return Seal(Path(shared_state.key["file"]).read_bytes())


@pytest.fixture
def put() -> Callable[[str], Callable[[sqlite3.Connection], int]]:
    """A change that adds one row; only once."""
    return lambda name: lambda c: c.execute("INSERT INTO settings VALUES (?, '')", (name,)).rowcount


@pytest.fixture
def names() -> Callable[[Database], list[str]]:
    """What was put."""
    return lambda database: [
        row["name"] for row in database.read("SELECT name FROM settings WHERE name <> 'shared-state' ORDER BY name")
    ]
