"""Another detector behind the whole gateway, and each way in which it keeps `serve` from starting."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import tiny_models
from file_server import FileServer
from live.client import body_of, get, raw
from live.gateways import Gateway, facegate, marked
from live.origin import Origin
from live.plays import answer

CHOSEN = '[detector]\nmodel = "red"\n'


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the model red, whose description has a url that nobody may ask."""
    folder = tmp_path_factory.mktemp("models")
    weights = tiny_models.yunet()
    with FileServer(weights) as server:
        description, _ = tiny_models.written(folder, weights, top=f'url = "{server.url}"')
        command = facegate("model", "add", str(description), "--home", str(folder / "home"))
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    return folder / "home"


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "home"))


def stopped(home: Path, config: str) -> str:
    """What `serve` says when it cannot start."""
    file = home.with_name("facegate.toml")
    file.write_text(config)
    ports = ("--listen", "127.0.0.1:0", "--console", "127.0.0.1:0")
    argv = facegate("serve", "--config", str(file), "--home", str(home), *ports)
    done = subprocess.run(argv, capture_output=True, text=True, timeout=90, check=False, env=marked(home))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("facegate: ")
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.removeprefix("facegate: ").rstrip()


def test_it_decides_what_is_withheld(
    home: Path, start_gateway: Callable[..., Gateway], origin: Origin, face_jpeg: bytes
) -> None:
    red = origin.route("/red.png", answer(tiny_models.png((96, 192, 64)), "image/png"))
    gray = origin.route("/gray.png", answer(tiny_models.png(), "image/png"))
    with start_gateway(CHOSEN, home=home) as gateway:
        withheld, passed = raw(gateway.proxy, get(red)), raw(gateway.proxy, get(gray))
        assert withheld.startswith(b"HTTP/1.1 451 ")
        assert passed.startswith(b"HTTP/1.1 200 ")
        record = json.loads(body_of(withheld))["record"]
        shown = json.loads(gateway.run("quarantine", "show", record, "--json").stdout)
    described = json.loads(gateway.run("model", "list", "--json").stdout)[1]
    assert (shown["versions"]["model"], shown["versions"]["weights"]) == ("red", described["sha256"])
    assert (shown["versions"]["provider"], len(shown["versions"]["description"])) == ("cpu", 64)


def test_without_its_weights_nothing_starts_and_nothing_is_downloaded(home: Path) -> None:
    with FileServer(tiny_models.yunet()) as server:
        description = home / "models" / "red" / "model.toml"
        lines = [
            f'url = "{server.url}"' if line.startswith("url") else line for line in description.read_text().split("\n")
        ]
        description.write_text("\n".join(lines))
        weights = home / "models" / "red" / "weights.onnx"
        weights.unlink()
        assert f"{weights}: cannot be read (No such file or directory)" in stopped(home, CHOSEN)
        assert server.asked == []


def test_altered_weights(home: Path) -> None:
    weights = home / "models" / "red" / "weights.onnx"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    assert f"{weights}: not the weights that red was described with" in stopped(home, CHOSEN)


def test_a_model_that_was_never_added(home: Path) -> None:
    said = stopped(home, '[detector]\nmodel = "blue"\n')
    assert said == (
        'detector.model = "blue" is not installed; installed: centerface, red; '
        "add it with: facegate model add DESCRIPTION.toml"
    )


def test_a_provider_that_is_not_there(home: Path) -> None:
    said = stopped(home, '[detector]\nprovider = "openvino"\n')
    assert 'detector.provider = "openvino" is not in the installed onnxruntime, which has cpu' in said
    assert "install onnxruntime-openvino in place of onnxruntime" in said
