import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TEXT = 'id = "{0}"\noperator = "acme"\npurpose = "{1}"\n[scope]\nkind = "untargeted"\n'


@pytest.fixture
def folder(facegate: Any) -> Path:
    facegate.ok("user", "add", "eve", "--role", "reviewer")
    path = facegate.home / "jobs.d"
    path.mkdir()
    return Path(path)


def diffed(facegate: Any, *arguments: str, code: int) -> Any:
    result = facegate("job", "diff", *arguments, "--json")
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def test_a_dry_run_and_the_doing(facegate: Any, folder: Path, case: str) -> None:
    assert diffed(facegate, code=0) == []
    (folder / "a.toml").write_text(TEXT.format("broad", "one"))
    (folder / "b.toml").write_text(Path(case).read_text())
    assert [one["outcome"] for one in diffed(facegate, code=1)] == ["created", "created"]
    assert [one["outcome"] for one in facegate.json("job", "apply")] == ["created", "created"]
    assert [one["outcome"] for one in diffed(facegate, code=0)] == ["unchanged", "unchanged"]
    facegate.ok("job", "approve", "case", "--as", "eve")
    (folder / "b.toml").write_text(Path(case).read_text().replace('"find one"', '"find another"'))
    (_, change) = diffed(facegate, code=1)
    assert change["changes"] == [{"key": "purpose", "old": "find one", "new": "find another"}]
    facegate.ok("job", "apply")
    shown = facegate.json("job", "show", "case")
    assert (shown["state"], shown["purpose"], shown["waiting"]) == ("approved", "find one", 2)


def test_no_token_is_shown_because_none_is_made(facegate: Any, folder: Path) -> None:
    (folder / "a.toml").write_text(TEXT.format("broad", "one"))
    assert "token" not in facegate.ok("job", "apply")
    assert not facegate.json("job", "show", "broad")["has_token"]
    assert facegate.json("job", "token", "broad")["token"]
    assert diffed(facegate, code=0)[0]["outcome"] == "unchanged"


def test_what_is_refused_exits_2_and_stops_nothing_else(facegate: Any, folder: Path) -> None:
    (folder / "a.toml").write_text("id =")
    (folder / "b.toml").write_text(TEXT.format("broad", "one"))
    (refused, created) = diffed(facegate, code=2)
    assert (refused["outcome"], refused["job"], created["outcome"]) == ("refused", None, "created")
    assert "not valid TOML" in refused["problems"][0]
    assert facegate("job", "apply").exit_code == 2
    assert facegate.json("job", "show", "broad")["state"] == "active"


def test_a_job_without_its_file_is_told_where_a_folder_is_looked_at(facegate: Any, folder: Path) -> None:
    for name in ("one", "two"):
        (folder / f"{name}.toml").write_text(TEXT.format(name, "p"))
    facegate.ok("job", "apply")
    (folder / "two.toml").unlink()
    gone = diffed(facegate, code=0)[-1]
    assert (gone["file"], gone["job"], gone["outcome"]) == ("two.toml", "two", "no file any more")
    assert len(diffed(facegate, str(folder / "one.toml"), code=0)) == 1
    facegate.ok("job", "apply")
    assert facegate.json("job", "show", "two")["state"] == "active"


def test_files_and_folders_by_name(facegate: Any, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.toml").write_text(TEXT.format("broad", "one"))
    (folder / "ignored.toml").write_text("id =")
    file = tmp_path / "job.text"
    file.write_text(TEXT.format("single", "one"))
    found = diffed(facegate, str(other), str(file), code=1)
    assert [(one["file"], one["outcome"]) for one in found] == [("a.toml", "created"), ("job.text", "created")]
    assert len(diffed(facegate, str(file), str(file), code=1)) == 1
    assert "no such file or folder" in facegate.refused("job", "diff", str(tmp_path / "ghost"))


def test_the_folder_is_the_configured_one(facegate: Any, folder: Path, tmp_path: Path) -> None:
    config = tmp_path / "facegate.toml"
    config.write_text('[jobs]\nfolder = "declared"\n')
    (tmp_path / "declared").mkdir()
    (tmp_path / "declared" / "a.toml").write_text(TEXT.format("broad", "one"))
    assert len(diffed(facegate, "--config", str(config), code=1)) == 1
    assert diffed(facegate, code=0) == []


def test_a_pipe_gets_lines_by_key(facegate: Any, folder: Path) -> None:
    (folder / "a.toml").write_text(TEXT.format("broad", "one"))
    facegate.ok("job", "apply")
    (folder / "a.toml").write_text(TEXT.format("broad", "t\\wo"))
    (folder / "b.toml").write_text("id =")
    lines = [line.split("\t") for line in facegate("job", "diff").stdout.splitlines()]
    assert lines[0] == ["file", "job", "outcome", "key", "old", "new"]
    assert lines[1] == ["a.toml", "", "refused", "", "", lines[1][-1]]
    assert "not valid TOML" in lines[1][-1]
    (folder / "a.toml").write_text(TEXT.format("broad", "two"))
    lines = [line.split("\t") for line in facegate("job", "diff").stdout.splitlines()]
    assert lines[1] == ["a.toml", "broad", "new version", "purpose", "one", "two"]


def test_a_terminal_gets_a_table(facegate: Any, folder: Path, on_terminal: Callable[[list[str]], str]) -> None:
    (folder / "a.toml").write_text(TEXT.format("broad", "[red]one"))
    command = [sys.executable, "-m", "facegate.cli", "job", "diff", "--home", str(facegate.home)]
    shown = on_terminal(command)
    assert "created" in shown
    assert "[red]one" in shown  # text, not markup
    assert "┃" in shown


def test_a_home_that_is_not_there_is_not_made_by_a_dry_run(facegate: Any) -> None:
    assert "name a facegate home" in facegate.refused("job", "diff")
    assert not facegate.home.exists()
