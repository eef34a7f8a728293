"""The README of the add-on names what is there, and everything that is there."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "crawlers"
PAGES = [FOLDER / "README.md", FOLDER / "examples" / "pictures" / "README.md"]
README = PAGES[0].read_text()
SOURCE = "".join(file.read_text() for file in sorted((FOLDER / "scrapy_facegate").glob("*.py")))
INSIDE = {"FACEGATE_GATEWAY"}  # where the add-on leaves what it found


def test_every_setting_and_no_other_is_documented() -> None:
    settings = set(re.findall(r'"(FACEGATE_\w+)"', SOURCE)) - INSIDE
    rows = re.findall(r"^\| (`FACEGATE_.+?) \|", README, re.M)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == settings


def test_every_stat_is_documented() -> None:
    counted = set(re.findall(r'_inc\(f?"(facegate/[\w/]+)', SOURCE))
    documented = set(re.findall(r"`(facegate/[\w/]+?)(?:/REASON)?`", README))
    assert {name.rstrip("/") for name in counted} == documented


def test_what_it_says_to_import_is_there() -> None:
    names = re.findall(r"`?scrapy_facegate(?:\.pipelines)?\.([A-Z]\w+|withheld_signal)", README)
    assert {"Withheld", "FacegateAddon", "FacegateImagesPipeline", "withheld_signal"} <= set(names)
    for name in names:
        assert re.search(rf"^(class )?{name}\b", SOURCE, re.M), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_links_lead_somewhere(page: Path) -> None:
    anchors = {
        re.sub(r"[^a-z -]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^#+ (.*)", page.read_text(), re.M)
    }
    for target, anchor in re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", page.read_text()):
        assert not target or (page.parent / target).exists(), target
        assert target or anchor in anchors, anchor
