"""Browser tests: a real Chromium, a real console process, no network beside it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.chrome import open_chromium
from browser.consoles import Console
from browser.people import Person
from browser.seeds import Seeds
from playwright.sync_api import Browser

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE) and "chrome" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def chrome(chromium: str) -> Iterator[Browser]:
    """One a module, not a session: while it is open, playwright's own event loop runs in this thread, where the
    asynchronous tests of other modules would find it. Starting it takes half a second."""
    with open_chromium(chromium) as browser:
        yield browser


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeds]:
    """A home with people, jobs, records and days in it; what a test adds to it stays for the tests after it."""
    with Seeds(tmp_path_factory.mktemp("browser") / "home") as seeds:
        seeds.everything()
        yield seeds


@pytest.fixture(scope="module")
def console(seeds: Seeds) -> Iterator[Console]:
    with Console(seeds.file) as console:
        yield console


@pytest.fixture(scope="module")
def sessions() -> dict[str, Any]:
    """Of those who logged in: a log-in takes a second."""
    return {}


@pytest.fixture
def enter(chrome: Browser, console: Console, sessions: dict[str, Any]) -> Iterator[Callable[..., Person]]:
    """`enter("rita")`: somebody in a browser of their own, logged in, on the first page; `enter()` is nobody yet. What
    a page complains of at any time fails the test."""
    people: list[Person] = []

    def make(name: str = "", **options: object) -> Person:
        person = Person(chrome, console.url, storage_state=sessions.get(name), **options)
        people.append(person)
        if name in sessions:
            person.go("/")
        elif name:
            person.log_in(name)
            sessions[name] = person.context.storage_state()
        return person

    yield make
    complaints = [complaint for person in people for complaint in person.leave()]
    assert not complaints, "\n".join(complaints)


_MODERATE = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def moderate(pytestconfig: pytest.Config) -> list[str]:
    """What axe finds that is not grave: told at the end, no failure."""
    return pytestconfig.stash.setdefault(_MODERATE, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if told := sorted(set(config.stash.get(_MODERATE, []))):
        terminalreporter.section(f"axe found {len(told)} things that are not grave")
        for line in told:
            terminalreporter.line(line)
