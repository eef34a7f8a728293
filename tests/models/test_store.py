from pathlib import Path

import pytest
import tiny_models
from facegate.errors import ConfigError
from facegate.models.store import DESCRIPTION_MAX, find, listed, verified


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A home's models with one that was added: red."""
    (tmp_path / "models" / "red").mkdir(parents=True)
    weights = tiny_models.yunet()
    (tmp_path / "models" / "red" / "model.toml").write_text(tiny_models.described(weights))
    (tmp_path / "models" / "red" / "weights.onnx").write_bytes(weights)
    (tmp_path / "models" / ".1234").mkdir()  # one that is being added
    return tmp_path / "models"


def test_find(folder: Path, tmp_path: Path) -> None:
    assert find("centerface", tmp_path / "absent").description.license == "MIT"
    red = find("red", folder)
    assert (red.description.decode.rule, red.weights) == ("yunet", str(folder / "red" / "weights.onnx"))


def test_a_model_that_is_not_there(folder: Path, tmp_path: Path) -> None:
    for place, installed in ((folder, "centerface, red"), (tmp_path / "absent", "centerface")):
        with pytest.raises(ConfigError) as caught:
            find("blue", place)
        assert str(caught.value) == (
            f'detector.model = "blue" is not installed; installed: {installed}; '
            "add it with: facegate model add DESCRIPTION.toml"
        )


def test_a_folder_under_another_name(folder: Path) -> None:
    (folder / "red").rename(folder / "blue")
    with pytest.raises(ConfigError, match=r"model.toml: its name is 'red', that of its folder 'blue'$"):
        find("blue", folder)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read"),
        (b"name = 1", "name has to be text"),
        (tiny_models.yunet(), "is no text; name the description, a TOML file, not the weights"),
        (b"#" * (DESCRIPTION_MAX + 1), "too large for a description"),
    ],
)
def test_a_damaged_one_is_named_and_the_others_are_listed(folder: Path, content: bytes | None, says: str) -> None:
    description = folder / "red" / "model.toml"
    description.unlink() if content is None else description.write_bytes(content)
    builtin, red = listed(folder)
    assert (builtin.name, builtin.why, red.name, red.model) == ("centerface", "", "red", None)
    assert red.why.startswith(f"{description}: ")
    assert says in red.why
    assert verified(folder)[1] == red


def test_all_are_verified(folder: Path) -> None:
    assert [(entry.name, entry.why) for entry in verified(folder)] == [("centerface", ""), ("red", "")]
    weights = folder / "red" / "weights.onnx"
    weights.write_bytes(weights.read_bytes() + b"x")
    _, red = verified(folder)
    assert red.model
    assert f"{weights}: its sha256 is " in red.why
    assert red.why.endswith(f", not {red.model.description.sha256}")
    weights.unlink()
    assert "cannot be read" in verified(folder)[1].why
