"""Each example can be typed: its verb is there, its options are, and so are the values that they take."""

import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from facegate.cli import VERBS, main
from facegate.examples import EXAMPLES

LINES = [(verb, line) for verb, lines in EXAMPLES.items() for line in lines]


def parsed(words: list[str]) -> click.Context:
    """The innermost command's context, without anything being run. Raises click.UsageError."""
    command: click.Command = main
    context = click.Context(main, info_name="facegate")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, *words = words
        found = command.get_command(context, name)
        if found is None:
            raise click.UsageError(f"no {name}")
        command, context = found, click.Context(found, info_name=name, parent=context)
    return command.make_context(context.info_name, words, parent=context.parent)


@pytest.mark.parametrize(("verb", "line"), LINES, ids=[line for _, line in LINES])
def test_it_can_be_typed(verb: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *words = shlex.split(line.partition(" > ")[0])
    assert first == "facegate"
    assert words[0] == verb
    monkeypatch.chdir(tmp_path)
    for name in ("pictures", "labelled"):
        Path(name).mkdir()
    for name in ("job.toml", "facegate.toml", "yunet-n.toml"):
        Path(name).touch()
    assert parsed(words).command.name


def test_help_ends_with_them() -> None:
    for verb, lines in EXAMPLES.items():
        said = CliRunner().invoke(main, [verb, "--help"]).stdout
        assert said.rstrip().endswith(lines[-1]), verb


def test_an_option_that_is_none_is_found() -> None:
    with pytest.raises(click.NoSuchOption):
        parsed(["serve", "--fast"])
    with pytest.raises(click.UsageError):
        parsed(["job", "bless", "x"])


def test_only_verbs_have_them() -> None:
    assert set(EXAMPLES) <= set(VERBS)
