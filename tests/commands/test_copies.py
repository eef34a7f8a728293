from pathlib import Path

import pytest
from facegate.commands.copies import Copies
from facegate.errors import ConfigError
from facegate_addons.domain.model import Cover


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("pictures/a.jpg", "pictures/deep/b.jpg", "other/a.jpg"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"original")
    return tmp_path


def planned(out: Path, *files: tuple[Path, Path]) -> Copies:
    return Copies.planned(out, Cover.SOLID, files)


def test_a_folders_files_keep_their_places(folder: Path) -> None:
    named, out = folder / "pictures", folder / "out"
    single = folder / "other" / "a.jpg"
    copies = planned(out, (named, named / "deep" / "b.jpg"), (single, single))
    assert copies.write(named / "deep" / "b.jpg", b"copy") == out / "deep" / "b.jpg"
    assert copies.write(single, b"copy") == out / "a.jpg"
    assert (out / "deep" / "b.jpg").read_bytes() == b"copy"
    assert single.read_bytes() == b"original"


def test_two_files_do_not_share_a_copy(folder: Path) -> None:
    one, other = folder / "pictures" / "a.jpg", folder / "other" / "a.jpg"
    with pytest.raises(ConfigError, match="would both be"):
        planned(folder / "out", (one, one), (other, other))
    assert planned(folder / "out", (one, one), (one, one)).places == {one: folder / "out" / "a.jpg"}  # named twice


@pytest.mark.parametrize("there", ["file", "dead link"])
def test_nothing_is_replaced(folder: Path, there: str) -> None:
    one, place = folder / "pictures" / "a.jpg", folder / "out" / "a.jpg"
    late = planned(folder / "out", (one, one))
    place.parent.mkdir()
    if there == "file":
        place.write_bytes(b"mine")
    else:
        place.symlink_to("nowhere")
    with pytest.raises(ConfigError, match="is there already; name a new folder"):
        planned(folder / "out", (one, one))
    with pytest.raises(ConfigError, match="File exists"):
        late.write(one, b"copy")


def test_a_folder_that_cannot_be_made_is_one_clear_line(folder: Path) -> None:
    one = folder / "pictures" / "a.jpg"
    with pytest.raises(ConfigError, match="cannot be written"):
        planned(folder / "other" / "a.jpg" / "x", (one, one)).write(one, b"copy")
