import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from facegate import cli
from facegate.errors import ConfigError, InvalidJob, Problem


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_is_there_and_explains_itself(verb: str) -> None:
    shown = CliRunner().invoke(cli.main, [verb, "--help"])
    assert shown.exit_code == 0
    assert f"Usage: main {verb}" in shown.output


def test_help_lists_the_verbs() -> None:
    listed = CliRunner().invoke(cli.main, ["-h"]).output
    assert all(f"\n  {verb} " in listed for verb in cli.VERBS)


def test_an_unknown_verb_is_a_usage_error() -> None:
    said = CliRunner().invoke(cli.main, ["srve"])
    assert said.exit_code == 2
    assert "No such command 'srve'" in said.stderr


def test_an_operators_error_is_one_line_and_exit_2(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def fails() -> None:
        raise ConfigError("it is wrong; write it right")

    monkeypatch.setattr(cli._Verbs, "get_command", lambda *_: fails)
    said = CliRunner().invoke(cli.main, ["serve"])
    assert (said.exit_code, said.stdout, said.stderr) == (2, "", "facegate: it is wrong; write it right\n")


def test_a_job_that_may_not_be_has_a_line_for_each_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def fails() -> None:
        raise InvalidJob("job.toml", [Problem("id", "is empty"), Problem("scope", "is missing; write one")])

    monkeypatch.setattr(cli._Verbs, "get_command", lambda *_: fails)
    said = CliRunner().invoke(cli.main, ["serve"])
    lines = "facegate: job.toml: id is empty\nfacegate: job.toml: scope is missing; write one\n"
    assert (said.exit_code, said.stdout, said.stderr) == (2, "", lines)


def test_help_is_quick_because_it_imports_no_verb() -> None:
    code = "import sys, facegate.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"mitmproxy", "onnxruntime", "PIL", "sqlite3", "asyncio"} & set(loaded)


def test_version() -> None:
    assert CliRunner().invoke(cli.main, ["--version"]).output.startswith("facegate, version ")
