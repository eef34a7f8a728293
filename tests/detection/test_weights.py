import os
from dataclasses import replace
from pathlib import Path

import onnx
import pytest
import tiny_models
from facegate_addons.detection import structure, weights
from facegate_addons.detection.builtin import builtin
from facegate_addons.detection.description import WEIGHTS_MAX, Model, ModelError, parse

CENTERFACE = builtin()


def tiny(folder: Path, data: bytes, **how: str) -> Model:
    description, file = tiny_models.written(folder, data, **how)
    return Model(parse(description.read_text(), "red.toml"), str(file))


def test_dynamic_and_the_same_every_time() -> None:
    network = weights.load(CENTERFACE)
    assert network == weights.load(CENTERFACE)
    graph = onnx.load_from_string(network).graph
    assert [value.name for value in graph.input] == ["input.1"]
    assert [value.name for value in graph.output] == ["537", "538", "539"]
    assert [dim.dim_param or dim.dim_value for dim in graph.input[0].type.tensor_type.shape.dim] == ["B", 3, "H", "W"]


def test_what_the_rule_does_not_take_is_cut_off(tmp_path: Path) -> None:
    graph = onnx.load_from_string(weights.load(tiny(tmp_path, tiny_models.yunet()))).graph
    assert not [value.name for value in graph.output if value.name.startswith("kps")]
    assert len(graph.output) == 9


def test_altered(tmp_path: Path) -> None:
    altered = tmp_path / "centerface.onnx"
    altered.write_bytes(Path(CENTERFACE.weights).read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match=r"not the weights .* sha256 differs\); reinstall it: uv sync"):
        weights.read(replace(CENTERFACE, weights=str(altered)))
    red = tiny(tmp_path, tiny_models.yunet())
    with pytest.raises(ModelError, match=r"not the weights .* add it again: facegate model add"):
        weights.read(replace(red, weights=str(altered)))
    with pytest.raises(ModelError, match="cannot be read"):
        weights.read(replace(CENTERFACE, weights=str(tmp_path / "absent")))


def test_too_large_is_not_read(tmp_path: Path) -> None:
    large = tmp_path / "large.onnx"
    large.touch()
    os.truncate(large, WEIGHTS_MAX + 1)
    with pytest.raises(ModelError, match=f"a model may have {WEIGHTS_MAX}"):
        weights.read(replace(CENTERFACE, weights=str(large)))


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"name_of_input": "images"}, "input.name is 'images', but the network takes 'pixels'"),
        (
            {"decode": 'outputs = { obj_8 = "object_8" }'},
            r"has no output 'object_8' \(decode.outputs\); did you mean obj_8",
        ),
    ],
)
def test_names_that_the_network_has_not(tmp_path: Path, how: dict[str, str], says: str) -> None:
    name = how.pop("name_of_input", "pixels")
    model = tiny(tmp_path, tiny_models.yunet(), **how)
    described = replace(model.description, input=replace(model.description.input, name=name))
    with pytest.raises(ModelError, match=says):
        weights.load(replace(model, description=described))


def test_inputs_that_are_no_pictures(tmp_path: Path) -> None:
    model = tiny(tmp_path, tiny_models.yunet())
    for change, says in ((("elem_type", onnx.TensorProto.UINT8), "float32"), (("channels", 1), "three channels")):
        network = structure.network(Path(model.weights).read_bytes(), "red")
        tensor = network.graph.input[0].type.tensor_type
        if change[0] == "elem_type":
            tensor.elem_type = change[1]
        else:
            tensor.shape.dim[1].dim_value = change[1]
        with pytest.raises(ModelError, match=says):
            weights.dynamic(network, model.description, "red")
