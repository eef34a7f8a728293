"""The command alone; with a real `serve` it is tested live (live/test_reload.py)."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from facegate.cli import main
from facegate.commands import reload
from facegate.serve.lock import alone
from facegate.serve.outcome import DONE, REFUSED, RUNNING, STOPPED, Outcome, note


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


@pytest.fixture
def serving(run: Path) -> Iterator[Outcome]:
    """This process serves, and takes reloads."""
    before = signal.signal(signal.SIGUSR2, lambda *_: None)
    it = Outcome(os.getpid(), number=4, state=DONE)
    with alone(run):
        note(run, it)
        yield it
    signal.signal(signal.SIGUSR2, before)


def asked(run: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["reload", "--home", str(run.parent), *options])


def answering(run: Path, *outcomes: Outcome) -> None:
    """The next signal is answered with these, one after the other."""

    def answer(*_: object) -> None:
        for after, it in enumerate(outcomes):
            threading.Timer(after * 0.3, note, (run, it)).start()

    signal.signal(signal.SIGUSR2, answer)


@pytest.mark.parametrize(
    ("state", "replaced", "why", "code", "out", "err"),
    [
        (DONE, 2, "", 0, "2 gateways replaced\n", ""),
        (REFUSED, 0, "listen.port is", 2, "", "facegate: not reloaded: listen.port is\n"),
        (STOPPED, 1, "gateway 1: x", 1, "", "facegate: not reloaded: 1 of 2 gateways were replaced: gateway 1: x\n"),
    ],
)
def test_it_tells_what_became_of_it(
    run: Path, serving: Outcome, state: str, replaced: int, why: str, code: int, out: str, err: str
) -> None:
    running = replace(serving, number=5, state=RUNNING, gateways=2)
    ended = replace(running, state=state, replaced=replaced, why=why)
    answering(run, running, ended)
    said = asked(run)
    assert (said.exit_code, said.stdout, said.stderr) == (code, out, err)
    answering(run, replace(ended, number=6))
    said = asked(run, "--json")
    assert (said.exit_code, said.stderr) == (code, "")
    assert json.loads(said.stdout) == {"state": state, "gateways": 2, "replaced": replaced, "why": why}


def test_nobody_serves(run: Path) -> None:
    said = asked(run)
    assert said.exit_code == 2
    assert said.stderr.startswith(f"facegate: nobody serves from {run.parent}; name its home")


@pytest.mark.parametrize("noted", [None, Outcome(1)])
def test_who_takes_no_reload_gets_no_signal(run: Path, serving: Outcome, noted: Outcome | None) -> None:
    (run / "reload.json").unlink()
    if noted is not None:
        note(run, noted)
    signal.signal(signal.SIGUSR2, lambda *_: pytest.fail("it was signalled"))
    said = asked(run)
    assert said.exit_code == 2
    assert "takes no reload, or not yet" in said.stderr


def test_who_would_die_of_it_gets_no_signal(run: Path, serving: Outcome) -> None:
    signal.signal(signal.SIGUSR2, signal.SIG_DFL)
    said = asked(run)
    assert said.exit_code == 2
    assert "cannot be asked from here" in said.stderr


def test_a_serve_that_ends_meanwhile(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = iter([os.getpid(), None])
    monkeypatch.setattr(reload, "serving", lambda _run: next(seen))
    before = signal.signal(signal.SIGUSR2, lambda *_: None)
    note(run, Outcome(os.getpid()))
    said = asked(run)
    signal.signal(signal.SIGUSR2, before)
    assert (said.exit_code, said.stderr) == (2, "facegate: `facegate serve` ended meanwhile; its log says why\n")
