import json
from pathlib import Path

import pytest
from facegate.errors import ConfigError
from facegate.labelled import Labelled, labelled


def fill(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_two_folders_at_any_depth_the_first_below_is_the_tag(tmp_path: Path) -> None:
    fill(
        tmp_path,
        "faces/a.jpg",
        "faces/dark/b.jpg",
        "faces/dark/2024/c.jpg",
        "faces/.DS_Store",
        "nofaces/d.jpg",
        "e.jpg",
    )
    assert labelled(tmp_path) == [
        Labelled(tmp_path / "faces/a.jpg", "faces/a.jpg", True),
        Labelled(tmp_path / "faces/dark/b.jpg", "faces/dark/b.jpg", True, ("dark",)),
        Labelled(tmp_path / "faces/dark/2024/c.jpg", "faces/dark/2024/c.jpg", True, ("dark",)),
        Labelled(tmp_path / "nofaces/d.jpg", "nofaces/d.jpg", False),
    ]


def test_lists_go_before_folders(tmp_path: Path) -> None:
    fill(tmp_path, "faces/a.jpg", "faces/unlisted.jpg", "nofaces/b.jpg")
    row = {"path": "faces/a.jpg", "tags": ["dark", "dark", "a\u2028b"], "licence": "CC0"}
    (tmp_path / "faces.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n\n", encoding="utf-8")
    (tmp_path / "nofaces.jsonl").write_text('{"path": "nofaces/b.jpg", "tags": null}')
    assert labelled(tmp_path) == [
        Labelled(tmp_path / "faces/a.jpg", "faces/a.jpg", True, ("dark", "a\u2028b")),
        Labelled(tmp_path / "nofaces/b.jpg", "nofaces/b.jpg", False),
    ]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], "no folder faces/ in it; a labelled folder has"),
        (["faces/a.jpg"], "no folder nofaces/ in it; a labelled folder has"),
        (["faces/a.jpg", "nofaces/.hidden"], "nofaces: no file in it; a labelled folder has"),
        (["faces.jsonl"], "faces.jsonl: no line in it; a labelled folder has"),
    ],
)
def test_another_folder_is_told_what_it_has_to_look_like(tmp_path: Path, names: list[str], told: str) -> None:
    fill(tmp_path, *names)
    with pytest.raises(ConfigError, match=told) as caught:
        labelled(tmp_path)
    assert "\n" not in str(caught.value)


def test_no_folder(tmp_path: Path) -> None:
    fill(tmp_path, "a.jpg")
    for path in (tmp_path / "gone", tmp_path / "a.jpg"):
        with pytest.raises(ConfigError, match="no such folder; a labelled folder has"):
            labelled(path)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 2: not a JSON object"),
        ("[" * 100_000, "line 2: not a JSON object"),
        ("[]", "line 2: has to be a JSON object with the picture's path"),
        ('{"file": "faces/a.jpg"}', "line 2: has to be a JSON object with the picture's path"),
        ('{"path": 1}', "line 2: has to be a JSON object with the picture's path"),
        ('{"path": "faces/gone.jpg"}', "line 2: faces/gone.jpg is not there"),
        ('{"path": "/etc/passwd"}', "line 2: path has to lead to a file under"),
        ('{"path": "faces/../../a.jpg"}', "line 2: path has to lead to a file under"),
        ('{"path": "faces/b.jpg", "tags": "dark"}', "line 2: tags has to be a list of words"),
        ('{"path": "faces/b.jpg", "tags": [1]}', "line 2: tags has to be a list of words"),
        ('{"path": "faces/a.jpg"}', "faces/a.jpg is listed twice"),
        ('{"path": "nofaces/c.jpg"}', "nofaces/c.jpg is listed twice"),
    ],
)
def test_a_list_with_a_mistake_says_where(tmp_path: Path, line: str, told: str) -> None:
    fill(tmp_path, "faces/a.jpg", "faces/b.jpg", "nofaces/c.jpg")
    (tmp_path / "faces.jsonl").write_text(f'{{"path": "faces/a.jpg"}}\n{line}\n')
    (tmp_path / "nofaces.jsonl").write_text('{"path": "nofaces/c.jpg"}\n')
    with pytest.raises(ConfigError, match=told):
        labelled(tmp_path)


def test_one_list_without_the_other(tmp_path: Path) -> None:
    fill(tmp_path, "faces/a.jpg", "nofaces/b.jpg")
    (tmp_path / "faces.jsonl").write_text('{"path": "faces/a.jpg"}\n')
    with pytest.raises(ConfigError, match=r"nofaces\.jsonl: no such file, and the other list is there"):
        labelled(tmp_path)
    (tmp_path / "nofaces.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"nofaces\.jsonl: cannot be read \(it is not UTF-8\)"):
        labelled(tmp_path)
