import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import skimage.data
import tiny_models
from facegate_addons.detection import weights
from facegate_addons.detection.builtin import builtin
from facegate_addons.detection.description import Model, ModelError, parse
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.detection.network import Network, NotFinite, session
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Payload, Unreadable
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.walk import inspect
from onnx import helper, numpy_helper
from PIL import Image

FACE = skimage.data.astronaut()
Tiny = Callable[..., Model]


@pytest.fixture(scope="module")
def network() -> Network:
    return Network.load(builtin())


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    def model(data: bytes, **how: str) -> Model:
        description, file = tiny_models.written(tmp_path, data, **how)
        return Model(parse(description.read_text(), "red.toml"), str(file))

    return model


def changed(data: bytes, *nodes: onnx.NodeProto, **constants: np.ndarray) -> bytes:
    """The network, with `nodes` that make a new cls_8 of what was cls_8, and is "before" now."""
    model = onnx.load_from_string(data)
    for node in model.graph.node:
        for names in (node.input, node.output):
            names[:] = ["before" if name == "cls_8" else name for name in names]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in constants.items())
    whole: bytes = model.SerializeToString()
    return whole


def test_it_sees_a_face_where_it_is(network: Network) -> None:
    (look,) = network.look(FACE[None])
    first, *_ = look.candidates(0.5)
    left, top, right, bottom = first.box
    assert 160 < left < 200 < 240 < right < 290
    assert 40 < top < 90 < 150 < bottom < 200
    assert first.score == look.best() > 0.8


def test_pictures_of_a_batch_do_not_mix(network: Network) -> None:
    dark, face = network.look(np.stack([np.zeros_like(FACE), FACE]))
    assert face.best() > 0.8 > 0.1 > dark.best()


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (33, 31), (64, 96)])
def test_any_height_and_width(shape: tuple[int, int], network: Network) -> None:
    (look,) = network.look(np.full((1, *shape, 3), 127, np.uint8))
    assert 0 <= look.centre() <= look.best() <= 1


@pytest.mark.parametrize("rule", ["yunet", "centerface"])
@pytest.mark.parametrize("channels", ["rgb", "bgr"])
def test_channels_come_in_the_networks_order(rule: str, channels: str, tiny: Tiny) -> None:
    network = Network.load(tiny(getattr(tiny_models, rule)(channels), rule=rule, channels=channels))
    red, blue = network.look(
        np.stack([tiny_models.red(64, 96, (32, 0, 32)), tiny_models.red(64, 96, (32, 0, 32))[..., ::-1]])
    )
    assert red.best() == pytest.approx(1)
    assert blue.best() == pytest.approx(0, abs=1e-6)
    boxes = np.array([found.box for found in red.candidates(0.9)])
    assert boxes.min(axis=0)[:2].tolist() == pytest.approx([32, 0], abs=1e-3)
    assert boxes.max(axis=0)[2:].tolist() == pytest.approx([64, 32], abs=1e-3)


def test_mean_and_scale_are_applied(tiny: Tiny) -> None:
    model = tiny(tiny_models.yunet("rgb"), channels="rgb", input="mean = [55, 0, 0]\nscale = [0.5, 1, 1]")
    (look,) = Network.load(model).look(tiny_models.red(64, 64, (0, 0, 64))[None])
    assert look.best() == pytest.approx((255 - 55) * 0.5 / 255, abs=1e-4)


def test_a_network_for_one_picture_at_a_time(tiny: Tiny) -> None:
    single = tiny_models.yunet(batch=False)
    with pytest.raises(ModelError, match=r"takes one picture at a time; write batch = false in \[input\]"):
        Network.load(tiny(single))
    network = Network.load(tiny(single, input="batch = false"))
    pictures = np.stack([tiny_models.red(64, 64), tiny_models.red(64, 64, (0, 0, 32))])
    assert [look.best() for look in network.look(pictures)] == pytest.approx([0, 1], abs=1e-6)


def test_versions(network: Network) -> None:
    description = builtin().description
    assert network.versions == {
        "model": "centerface",
        "weights": description.sha256,
        "description": description.digest,
        "provider": "cpu",
    }


def test_outputs_that_do_not_fit_are_found_before_a_body_is_looked_at(tiny: Tiny) -> None:
    doubled = changed(tiny_models.yunet(), helper.make_node("Concat", ["before", "before"], ["cls_8"], axis=1))
    with pytest.raises(
        ModelError, match=r"rule yunet: output cls_8 has the shape \(1, 192, 1\) instead of \(1, 96, 1\)$"
    ):
        Network.load(tiny(doubled))


def test_numbers_that_are_none_are_found_before_a_body_is_looked_at(tiny: Tiny) -> None:
    infinite = changed(tiny_models.yunet(), helper.make_node("Log", ["before"], ["cls_8"]))
    with pytest.raises(ModelError, match=r"rule yunet: output cls_8 has numbers that are none$"):
        Network.load(tiny(infinite))


def test_what_no_trial_shows_is_found_when_it_comes(tiny: Tiny) -> None:
    """NaN where a picture is green alone: nothing exceeds it, so it would pass for no face."""
    nodes = helper.make_node("Add", ["before", "half"], ["more"]), helper.make_node("Sqrt", ["more"], ["cls_8"])
    network = Network.load(tiny(changed(tiny_models.yunet(), *nodes, half=np.float32([0.5]))))
    green = np.zeros((1, 64, 64, 3), np.uint8)
    assert len(network.look(green)) == 1
    green[..., 1] = 255
    with pytest.raises(NotFinite):
        network.look(green)
    out = io.BytesIO()
    Image.fromarray(np.concatenate([green[0], tiny_models.red(64, 64)])).save(out, "PNG")
    found = inspect(Payload(out.getvalue()), FaceDetector(network), Limits())
    assert found == Unreadable(Reason.INSPECTION_FAILED, "NotFinite")


def test_what_onnxruntime_cannot_run_is_one_line(tiny: Tiny) -> None:
    elevens = changed(
        tiny_models.yunet(), helper.make_node("Reshape", ["before", "eleven"], ["cls_8"]), eleven=np.array([-1, 11])
    )
    with pytest.raises(ModelError, match=r"red\.onnx: onnxruntime cannot run it: ") as caught:
        Network.load(tiny(elevens))
    assert "\n" not in str(caught.value)


def test_a_provider_that_is_not_there_is_refused() -> None:
    with pytest.raises(
        ModelError, match=r'detector.provider = "openvino" is not in the installed onnxruntime, which has'
    ):
        Network.load(builtin(), "openvino")


@pytest.mark.filterwarnings("ignore:Specified provider")
def test_onnxruntime_falls_back_to_the_cpu_and_that_is_refused() -> None:
    with pytest.raises(ModelError, match="could not start TensorrtExecutionProvider"):
        session(weights.load(builtin()), "TensorrtExecutionProvider")


def test_a_provider_that_takes_nothing_of_the_network_is_refused() -> None:
    """Azure's is in every build of onnxruntime for Linux, and computes operators of its own alone."""
    import onnxruntime

    stub = "AzureExecutionProvider"
    if stub in onnxruntime.get_available_providers():
        with pytest.raises(ModelError, match=f"on the CPU: {stub} takes none of it"):
            session(weights.load(builtin()), stub)


def test_nothing_is_written_about_this_machine_and_nothing_reported(tmp_path: Path) -> None:
    """onnxruntime makes an id and a queue of events under the home at its first session, unless it is told not to."""
    code = "from facegate_addons.detection.builtin import builtin\n"
    code += "from facegate_addons.detection.network import Network\nNetwork.load(builtin())"
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    places = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-B", "-c", code], env=environment | places, check=True, timeout=120)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
