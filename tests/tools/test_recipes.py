"""tools/recipes.py knows every recipe, and does not take a client that failed for one that ran."""

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
URLS = ["https://localhost:1/page", "https://localhost:1/face.jpg"]


@pytest.fixture(scope="module")
def tool() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "tools" / "recipes.py"))


def test_every_recipe_is_run_and_told_of(tool: dict[str, Any]) -> None:
    files = {path.name for path in (ROOT / "crawlers" / "examples" / "recipes").iterdir() if path.is_file()}
    assert {recipe.file for recipe in tool["ALL"]} == files
    page = (ROOT / "docs" / "recipes.md").read_text()
    assert not [name for name in files if f"](../crawlers/examples/recipes/{name})" not in page]


@pytest.mark.parametrize(
    ("said", "ran"),
    [
        (f"200  {URLS[0]}\n451 faces {URLS[1]}\n", True),
        (f"200  {URLS[0]}\n200  {URLS[1]}\n", False),
        (f"451 faces {URLS[0]}\n451 faces {URLS[1]}\n", False),
        (f"200  {URLS[0]}\n451 faces {URLS[1]}\nwarning: the certificate is not checked", False),
        ("", False),
    ],
)
def test_a_recipe_ran_when_the_page_came_and_the_face_did_not(
    tool: dict[str, Any], tmp_path: Path, said: str, ran: bool
) -> None:
    assert tool["Recipe"]("curl.sh").ran(said, tmp_path, URLS) is ran


def test_a_recipe_that_saves_is_judged_by_what_is_there(tool: dict[str, Any], tmp_path: Path) -> None:
    recipe = tool["Recipe"]("wget.sh", saves="page")
    assert not recipe.ran("ERROR 451", tmp_path, URLS)
    (tmp_path / "page").touch()
    assert recipe.ran("ERROR 451", tmp_path, URLS)
    assert not recipe.ran("", tmp_path, URLS)
