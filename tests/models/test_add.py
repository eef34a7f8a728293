"""From a description to an installed model: real downloads, real digests, real confined workers."""

import fcntl
import os
from pathlib import Path

import pytest
import tiny_models
from facegate.errors import ConfigError, FacegateError, FetchError
from facegate.models.add import add
from facegate.models.store import find, verified
from file_server import FileServer

YUNET = tiny_models.yunet()


def unwatched(_done: int, _total: int | None) -> None:
    pass


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "home" / "models").mkdir(parents=True, mode=0o700)
    return tmp_path / "home" / "models"


@pytest.fixture
def source(tmp_path: Path, server: FileServer) -> Path:
    """A description with the server's url."""
    server.content = YUNET
    return describe(tmp_path, server)


def describe(tmp_path: Path, server: FileServer, weights: bytes = YUNET, **how: str) -> Path:
    source = tmp_path / "description.toml"
    source.write_text(tiny_models.described(weights, top=f'url = "{server.url}"', **how))
    return source


def refused(source: Path, folder: Path, weights: Path | None = None, kind: type[FacegateError] = ConfigError) -> str:
    with pytest.raises(kind) as caught:
        add(source, weights, folder, unwatched)
    assert "\n" not in str(caught.value)
    assert not (folder / "red").exists()
    return str(caught.value)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in sorted(folder.rglob("*"))}


def test_from_its_url(source: Path, folder: Path) -> None:
    model = add(source, None, folder, unwatched)
    assert model == find("red", folder)
    assert modes(folder) == {".lock": 0o600, "red": 0o700, "model.toml": 0o600, "weights.onnx": 0o600}
    assert (folder / "red" / "model.toml").read_text() == source.read_text()
    assert not [entry.why for entry in verified(folder) if entry.why]


def test_from_a_file(tmp_path: Path, folder: Path, server: FileServer) -> None:
    source, weights = tiny_models.written(tmp_path, tiny_models.centerface(), rule="centerface")
    weights.chmod(0o644)
    model = add(source, weights, folder, unwatched)
    assert model.description.decode.rule == "centerface"
    assert modes(folder)["weights.onnx"] == 0o600
    assert server.asked == []


def test_the_file_comes_before_the_url(source: Path, tmp_path: Path, folder: Path, server: FileServer) -> None:
    (tmp_path / "here.onnx").write_bytes(YUNET)
    add(source, tmp_path / "here.onnx", folder, unwatched)
    assert server.asked == []


def test_the_same_again_does_nothing(source: Path, folder: Path, server: FileServer) -> None:
    first = add(source, None, folder, unwatched)
    before = (folder / "red").stat().st_ino
    assert add(source, None, folder, unwatched) == first
    assert (folder / "red").stat().st_ino == before
    assert len(server.asked) == 1


def test_another_of_the_same_name_needs_force(source: Path, tmp_path: Path, folder: Path, server: FileServer) -> None:
    add(source, None, folder, unwatched)
    describe(tmp_path, server, scores="propose = 0.4")
    with pytest.raises(ConfigError, match=r"^red is there already, described otherwise; .* --force$"):
        add(source, None, folder, unwatched)
    assert find("red", folder).description.scores.propose == 0.3
    assert add(source, None, folder, unwatched, force=True).description.scores.propose == 0.4
    assert set(modes(folder)) == {".lock", "red", "model.toml", "weights.onnx"}


def test_a_damaged_one_is_not_taken_for_it(source: Path, folder: Path) -> None:
    add(source, None, folder, unwatched)
    (folder / "red" / "weights.onnx").write_bytes(YUNET[:-1])
    with pytest.raises(ConfigError, match=r"^red is there already, but damaged .* replace it with --force$"):
        add(source, None, folder, unwatched)
    add(source, None, folder, unwatched, force=True)
    assert (folder / "red" / "weights.onnx").read_bytes() == YUNET


def test_other_weights_than_described_are_discarded(source: Path, folder: Path, server: FileServer) -> None:
    server.content = YUNET[:-1] + b"x"
    said = refused(source, folder, kind=FetchError)
    assert said.startswith(f"{server.url}: not the weights that were described: {len(YUNET)} bytes with the sha256 ")
    server.content = YUNET
    add(source, None, folder, unwatched)
    assert "Range" not in server.asked[-1]


def test_cut_off_and_gone_on_with(source: Path, folder: Path, server: FileServer) -> None:
    server.cut_after = 700
    assert "interrupted after 700 of" in refused(source, folder, kind=FetchError)
    server.cut_after = None
    add(source, None, folder, unwatched)
    assert server.asked[-1]["Range"] == "bytes=700-"


def test_what_does_not_fit_is_not_installed_and_not_fetched_twice(
    source: Path, tmp_path: Path, folder: Path, server: FileServer
) -> None:
    server.content = single = tiny_models.yunet(batch=False)
    describe(tmp_path, server, single)
    said = refused(source, folder)
    assert said.startswith("red: does not fit the rule yunet: it takes one picture at a time; write batch = false in")
    describe(tmp_path, server, single, input="batch = false")
    add(source, None, folder, unwatched)
    assert len(server.asked) == 1


def test_weights_that_are_no_network(tmp_path: Path, folder: Path, server: FileServer) -> None:
    server.content = b"<!DOCTYPE html><title>Sign in</title>"
    said = refused(describe(tmp_path, server, server.content), folder)
    assert said == "red: is no ONNX file"


def test_more_than_described(tmp_path: Path, folder: Path, server: FileServer) -> None:
    server.content = YUNET
    source = tmp_path / "description.toml"
    source.write_text(tiny_models.described(YUNET, top=f'url = "{server.url}"\nsize = {len(YUNET) - 1}'))
    assert f"at most {len(YUNET) - 1} are taken" in refused(source, folder, kind=FetchError)


def test_a_description_without_url(tmp_path: Path, folder: Path) -> None:
    source, _ = tiny_models.written(tmp_path, YUNET)
    assert refused(source, folder) == f"{source}: has no url; give the weights with --weights PATH"


def test_the_built_in_one_is_not_replaced(tmp_path: Path, folder: Path, server: FileServer) -> None:
    source = describe(tmp_path, server, name="centerface")
    with pytest.raises(ConfigError, match="centerface is the model that comes with facegate; choose another name"):
        add(source, None, folder, unwatched, force=True)


def test_a_description_with_a_mistake(tmp_path: Path, folder: Path) -> None:
    source = tmp_path / "description.toml"
    source.write_text("nam = 1")
    assert refused(source, folder) == f"{source}: unknown key nam; did you mean name?"
    assert "cannot be read" in refused(tmp_path / "absent.toml", folder)
    assert modes(folder) == {}


def test_one_at_a_time(source: Path, folder: Path) -> None:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another model is being added" in refused(source, folder)
    add(source, None, folder, unwatched)


def test_a_folder_that_cannot_be_written(source: Path, folder: Path) -> None:
    os.truncate(source, 0)
    source.write_text(tiny_models.described(YUNET))
    (folder / f".{find_sha(source)}").write_text("a file where a folder has to be")
    assert "File exists" in refused(source, folder)


def find_sha(source: Path) -> str:
    (line,) = (line for line in source.read_text().splitlines() if line.startswith("sha256"))
    return line.split('"')[1]
