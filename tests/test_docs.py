"""What the documentation names is there, and what is there is documented."""

import dataclasses
import re
import typing
from pathlib import Path

import pytest
from facegate.cli import VERBS, main
from facegate.config import Config
from facegate_addons.detection.description import Input, parse

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def settings(kind: type = Config, prefix: str = "") -> typing.Iterator[str]:
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        if dataclasses.is_dataclass(hints[field.name]):
            yield from settings(hints[field.name], f"{prefix}{field.name}.")
        elif field.name != "source":
            yield prefix + field.name


def test_every_setting_is_documented_and_no_other():
    page = (ROOT / "docs" / "configuration.md").read_text()
    assert sorted(re.findall(r"^\| `([a-z_.]+)` \|", page, re.M)) == sorted(settings())


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if not target.startswith("https://"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_commands_in_the_documentation_exist(page):
    context = main.make_context("facegate", ["ca"], resilient_parsing=True)
    for line in re.findall(r"^\s*facegate ((?:[a-z-]+ ?)+)", page.read_text(), re.M):
        verb, *rest = line.split()
        assert verb in VERBS, line
        command = main.get_command(context, verb)
        if rest and hasattr(command, "commands") and not rest[0].startswith("-"):  # else an option of the group
            assert rest[0] in command.commands, line


def test_the_description_of_a_model_in_the_documentation_is_one():
    (text,) = re.findall(r"```toml\n(name = .*?)```", (ROOT / "docs" / "detector.md").read_text(), re.DOTALL)
    described = parse(text, "docs/detector.md")
    assert described.input == dataclasses.replace(
        Input(described.input.name), channels="bgr"
    )  # the defaults, as it says
    assert described.decode.rule == "yunet"
