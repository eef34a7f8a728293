"""What the documentation names is there, and what is there is documented."""

import dataclasses
import re
import runpy
import typing
from pathlib import Path

import pytest
from facegate.config import Config
from facegate_addons.detection.description import Input, parse
from facegate_addons.domain import outcome
from facegate_addons.domain.model import Action, Decision
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks import transport

ROOT = Path(__file__).parents[1]
BESIDE = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "crawlers/README.md")
PAGES = [*(ROOT / name for name in BESIDE), *sorted((ROOT / "docs").rglob("*.md"))]


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


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if not target.startswith("https://"):
            assert (page.parent / target).exists(), target


def test_the_page_of_commands_is_what_the_commands_say():
    page = runpy.run_path(str(ROOT / "tools" / "reference.py"))
    assert page["PAGE"].read_text() == page["page"](), "make reference"


def test_every_header_field_is_documented_and_no_other():
    page = (ROOT / "docs" / "reference" / "headers.md").read_text()
    rows = re.findall(r"^\| (`[^|]*) \|", page, re.M)
    told = {name.lower() for row in rows for name in re.findall(r"`([A-Za-z0-9-]+)`", row)}
    source = "\n".join(path.read_text() for path in (ROOT / "addons").rglob("*.py"))
    ours = {name.lower() for name in re.findall(r'"(Facegate-[A-Za-z]+)"', source)}
    assert ours == {name for name in told if name.startswith("facegate-")}
    for reason in Reason:
        assert {name.lower() for name in outcome.headers(Decision(Action.REFUSE, reason), "a", "b")} <= told
    assert {name.decode() for name in transport._STRIP_RESPONSE} <= told
    assert {name.decode() for name in transport._STRIP_REQUEST if not name.startswith(b"sec-websocket-")} <= told


def test_the_description_of_a_model_in_the_documentation_is_one():
    (text,) = re.findall(r"```toml\n(name = .*?)```", (ROOT / "docs" / "detector.md").read_text(), re.DOTALL)
    described = parse(text, "docs/detector.md")
    assert described.input == dataclasses.replace(
        Input(described.input.name), channels="bgr"
    )  # the defaults, as it says
    assert described.decode.rule == "yunet"
