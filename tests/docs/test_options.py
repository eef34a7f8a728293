"""No page shows a verb or an option that does not exist, or leaves out one that a command wants."""

from pathlib import Path

import click
import pytest
from docs.blocks import PAGES, ROOT, blocks, commands, in_text
from facegate.cli import main

TARGETS = {line.partition(":")[0] for line in (ROOT / "Makefile").read_text().splitlines() if ":" in line}

NO_COMMANDS = ("facegate ledger NAME",)  # what the first hash of a ledger is of


def problem(argv: list[str], *, whole: bool = True) -> str:
    """What is wrong with a call of facegate, "" for nothing. One that is not `whole` is only spoken of."""
    command: click.Command = main
    context = click.Context(main, info_name="facegate")
    rest = list(argv)
    try:
        while isinstance(command, click.Group):
            own = [word for word in rest[:1] if word.startswith("-")]
            if own or not rest:
                break
            found = command.get_command(context, rest[0])
            if found is None:
                return f"{context.command_path} has no {rest[0]}"
            command, context, rest = found, click.Context(found, info_name=rest[0], parent=context), rest[1:]
        given, left, _ = command.make_parser(context).parse_args(rest)
    except click.BadOptionUsage as error:  # without its value an option can be spoken of
        return f"{context.command_path}: {error.format_message()}" if whole else ""
    except click.UsageError as error:
        return f"{context.command_path}: {error.format_message()}"
    if left:
        return f"{context.command_path}: {left} is too much"
    if isinstance(command, click.Group) and not command.invoke_without_command and not given and whole:
        return f"{context.command_path} wants a command"
    for parameter in command.get_params(context) if whole and not isinstance(command, click.Group) else ():
        value = given.get(parameter.name or "")
        if parameter.required and (value is None or value == () or not isinstance(value, (str, tuple, list, bool))):
            return f"{context.command_path}: {parameter.name} is missing"
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_and_options_exist(page: Path) -> None:
    wrong = [why for block in blocks(page) for argv in commands(block.text) if (why := problem(argv))]
    for text in in_text(page):
        if text not in NO_COMMANDS and not any(word in text for word in ("VERB", "...", "…")):
            wrong += [why for argv in commands(text) if (why := problem(argv, whole=False))]
    assert not wrong
    assert {argv[0] for block in blocks(page) for argv in commands(block.text, "make") if argv} <= TARGETS


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["job", "approve", "x", "--as", "rita"], ""),
        (["--version"], ""),
        (["report", "--all"], ""),
        (["jobs"], "facegate has no jobs"),
        (["job"], "facegate job wants a command"),
        (["job", "approve", "x"], "facegate job approve: user is missing"),
        (["job", "approve", "x", "--by", "rita"], "facegate job approve: No such option '--by'"),
        (["job", "approve", "x", "y", "--as", "rita"], "facegate job approve: ['y'] is too much"),
        (["ledger", "tail", "-n"], "facegate ledger tail: Option '-n' requires an argument."),
    ],
)
def test_what_is_wrong_is_found(argv: list[str], said: str) -> None:
    assert problem(argv).startswith(said)
    assert bool(problem(argv)) == bool(said)
