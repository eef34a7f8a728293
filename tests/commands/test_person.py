import json
import os
import pwd
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from facegate.commands import person
from facegate.commands.person import NOT_STATED, stated, system_actor, system_user
from facegate.errors import ConfigError
from facegate.jobs.lifecycle import Actor
from facegate.state.users import SystemUser


def me() -> str:
    return f"os:{pwd.getpwuid(os.getuid()).pw_name}"


def test_the_environment_names_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER", "LOGNAME", "USERNAME"):
        monkeypatch.setenv(name, "eve")
    assert str(system_user()) == me()
    monkeypatch.setattr(person.os, "getuid", lambda: 3_999_999_999)  # nobody's
    assert system_user() == SystemUser("3999999999")


def test_whoever_runs_it_has_no_role() -> None:
    assert system_actor() == Actor(me())


@pytest.mark.parametrize("told", ["", "  ", "no", NOT_STATED, " not stated "])
def test_a_reason_that_says_nothing_is_none(told: str) -> None:
    with pytest.raises(ConfigError, match="has to say why"):
        stated(told)


def test_a_script_that_gives_no_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert stated("  order no. 4711 ") == "order no. 4711"
    with pytest.raises(ConfigError, match="has to say why"):
        stated(None)


@pytest.mark.parametrize(
    ("typed", "user"), [("eve\ncourt order\n", "eve"), ("\ncourt order\n", me())], ids=["named", "enter"]
)
def test_on_a_terminal_it_is_asked(
    facegate: Any, people: None, withhold: Callable[..., None], typed: str, user: str
) -> None:
    withhold("record-1")
    ours, theirs = os.openpty()
    os.write(ours, typed.encode())
    command = [sys.executable, "-m", "facegate.cli", "quarantine", "export", "record-1", "--json"]
    command += ["-o", str(facegate.home / "out"), "--home", str(facegate.home)]
    done = subprocess.run(command, stdin=theirs, capture_output=True, text=True, check=False, timeout=60)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["id"] == "record-1"  # the questions are on stderr
    event = facegate.json("quarantine", "show", "record-1")["history"][-1]
    assert (event["user"], event["note"]) == (user, "court order")
