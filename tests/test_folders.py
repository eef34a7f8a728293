from pathlib import Path

from facegate.folders import walked


def test_files_come_in_order_and_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    for name in ("b/2", "b/1", "a"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in walked([tmp_path])] == ["a", "b/1", "b/2", "b/loop"]
    assert list(walked(["gone"])) == [Path("gone")]
