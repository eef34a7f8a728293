"""Writes docs/reference/commands.md from the commands themselves; tests/test_docs.py holds the page to it."""

import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
from facegate.cli import main

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "commands.md"
OPENING = """# Commands

Made from the commands themselves (`make reference`). `facegate VERB --help` says the same, and `facegate
completion bash` (or zsh, fish) makes a shell complete it.

## What all have in common

| | |
|---|---|
| `--home PATH` | Where everything is kept; by default the user's state directory. |
| `--config PATH` | A [facegate.toml](../configuration.md). Without it: what the home was last served with. |
| `--json` | Print JSON for scripts, in place of text for people. |
| `-h`, `--help` | The command's own help. `facegate --version` says which version it is. |

The first three are named with each command that takes them. Results go to standard output, everything else to standard
error.

## Exit status

| status | |
|---|---|
| 0 | Done; of a question: yes, all is well. |
| 1 | Of a question: no, something is damaged or differs. Of a task: not all could be done. |
| 2 | Not done: the command line, the configuration or what it names is wrong, or somebody may not; a line says what. |
| 130 | Ended by Ctrl-C. |
| 141 | Whoever read the output was gone before its end. |

`scan` has 1 for faces, and 2 also for what is unreadable where nothing bears a face.
"""
COMMON = ("--json", "--config", "--home")


def page() -> str:
    root = click.Context(main, info_name="facegate", **main.context_settings)  # a command keeps the first that it meets
    return "\n".join([OPENING, *_commands(main, root, 2)]).rstrip("\n") + "\n"


def _commands(group: click.Group, context: click.Context, level: int) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        yield from _command(command, inner, level)
        if isinstance(command, click.Group):
            yield from _commands(command, inner, level + 1)


def _command(command: click.Command, context: click.Context, level: int) -> Iterator[str]:
    yield f"{'#' * level} {context.command_path}\n"
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        lines = paragraph.removeprefix("\b\n")  # click's mark for what is to stay as it is: examples, lists
        yield f"```text\n{lines}\n```\n" if lines != paragraph else lines.replace("<", "&lt;") + "\n"
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"```text\n{usage}\n```\n"
    options = [it for it in command.get_params(context) if isinstance(it, click.Option) and "--help" not in it.opts]
    own = [it for it in options if not it.hidden and it.opts[-1] not in COMMON]
    if own:
        yield "| option | |\n|---|---|"
        yield from (_row(option, context) for option in own)
        yield ""
    if common := [f"`{it.opts[-1]}`" for it in options if it.opts[-1] in COMMON]:
        yield f"{'Also ' if own else 'It takes '}{', '.join(common)}.\n"
    if command.epilog:
        examples = textwrap.dedent(command.epilog.removeprefix("\b\nExamples:\n"))
        yield f"```text\n{examples}\n```\n"


def _row(option: click.Option, context: click.Context) -> str:
    record = option.get_help_record(context)
    assert record is not None
    named, told = record
    return f"| `{_cell(named)}` | {_cell(told).replace('<', '&lt;')} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page())
