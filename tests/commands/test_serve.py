"""From options to settings; what runs with them is tested live (live/test_serve.py)."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from facegate.cli import main
from facegate.commands import serve
from facegate.config import Config


@pytest.fixture(autouse=True)
def root_logger() -> Iterator[None]:
    """`serve` writes to the process's log; give it back as it was."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture
def supervised(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Config, dict[str, Any]]]:
    seen: list[tuple[Config, dict[str, Any]]] = []

    async def supervise(settings: Config, overrides: dict[str, Any]) -> None:
        seen.append((settings, overrides))

    monkeypatch.setattr(serve, "supervise", supervise)
    return seen


def run(*options: str) -> Result:
    return CliRunner().invoke(main, ["serve", *options])


def test_with_nothing_at_all_it_takes_the_documented_defaults(supervised: list[Any]) -> None:
    assert run().exit_code == 0
    ((settings, overrides),) = supervised
    assert (settings.listen.host, settings.listen.port) == ("127.0.0.1", 8080)
    assert (settings.console.host, settings.console.port) == ("127.0.0.1", 8081)
    assert (settings.listen.workers, overrides) == (1, {})


def test_options_come_after_the_file(supervised: list[Any], tmp_path: Path) -> None:
    file = tmp_path / "facegate.toml"
    file.write_text("[listen]\nport = 3128\nworkers = 2\n[console]\nport = 1\n")
    assert run("--config", str(file), "--listen", "[::1]:0", "--home", "home").exit_code == 0
    ((settings, overrides),) = supervised
    assert (settings.listen.host, settings.listen.port, settings.listen.workers) == ("::1", 0, 2)
    assert (settings.console.port, settings.source) == (1, file)
    # children run in other processes: what they are told holds without this one's directory
    assert overrides == {"listen__host": "::1", "listen__port": 0, "home": str(Path("home").absolute())}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--listen", "8080"), "--listen: write HOST:PORT"),
        (("--console", "x:y"), "--console: write HOST:PORT"),
        (("--workers", "0"), "listen.workers has to be from 1"),
        (("--inspectors", "-1"), "listen.inspectors has to be from 1"),
        (("--workers", "two"), "'two' is neither a whole number nor 'auto'"),
    ],
)
def test_a_wrong_option_is_a_usage_error(supervised: list[Any], options: tuple[str, ...], says: str) -> None:
    said = run(*options)
    assert said.exit_code == 2
    assert says in said.stderr
    assert not supervised


def test_a_node_without_a_console(supervised: list[Any]) -> None:
    assert run("--console", "none", "--inspectors", "3").exit_code == 0
    ((settings, overrides),) = supervised
    assert (settings.console.enabled, settings.listen.inspectors) == (False, 3)
    assert overrides == {"console__enabled": False, "listen__inspectors": 3}


@pytest.mark.parametrize(("option", "workers"), [("auto", "auto"), ("3", 3)])
def test_so_many_gateways_or_as_the_cores_allow(supervised: list[Any], option: str, workers: int | str) -> None:
    assert run("--workers", option).exit_code == 0
    ((settings, overrides),) = supervised
    assert settings.listen.workers == overrides["listen__workers"] == workers
