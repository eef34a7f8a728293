from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import tiny_models
from facegate_addons.detection.builtin import builtin
from facegate_addons.detection.description import ModelError
from facegate_addons.detection.structure import network
from onnx import helper

Change = Callable[[onnx.ModelProto], None]


def test_networks_pass() -> None:
    for data in (tiny_models.yunet(), tiny_models.centerface(), Path(builtin().weights).read_bytes()):
        assert network(data, "x").graph.node


def weights_elsewhere(model: onnx.ModelProto) -> None:
    onnx.external_data_helper.set_external_data(model.graph.initializer[0], "../../secret")


def an_attribute_elsewhere(model: onnx.ModelProto) -> None:
    tensor = helper.make_tensor("t", onnx.TensorProto.FLOAT, [1], bytes(4), raw=True)
    onnx.external_data_helper.set_external_data(tensor, "/etc/passwd")
    model.graph.node.append(helper.make_node("Constant", [], ["elsewhere"], value=tensor))


def an_operator_of_others(model: onnx.ModelProto) -> None:
    model.graph.node[0].domain = "com.example"


def one_within_a_branch(model: onnx.ModelProto) -> None:
    inner = helper.make_graph([helper.make_node("Theirs", [], ["y"], domain="com.example")], "then", [], [])
    model.graph.node.append(helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner))


def a_domain_of_others(model: onnx.ModelProto) -> None:
    model.opset_import.append(helper.make_opsetid("com.example", 1))


def functions(model: onnx.ModelProto) -> None:
    model.functions.append(helper.make_function("", "Own", [], [], [], [helper.make_opsetid("", 13)]))


def no_such_operator(model: onnx.ModelProto) -> None:
    model.graph.node[0].op_type = "Convolve"


def nothing(model: onnx.ModelProto) -> None:
    model.Clear()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (weights_elsewhere, "keeps weights in other files"),
        (an_attribute_elsewhere, "keeps weights in other files"),
        (an_operator_of_others, r"not ONNX's own \(com.example\)"),
        (one_within_a_branch, r"not ONNX's own \(com.example\)"),
        (a_domain_of_others, r"not ONNX's own \(com.example\)"),
        (functions, r"not ONNX's own \(functions of its own\)"),
        (no_such_operator, "is no valid ONNX network: No Op registered for Convolve"),
        (nothing, "is no valid ONNX network"),
    ],
)
def test_what_is_refused(change: Change, says: str) -> None:
    model = onnx.load_from_string(tiny_models.yunet())
    change(model)
    with pytest.raises(ModelError, match=f"^red.onnx: .*{says}") as caught:
        network(model.SerializeToString(), "red.onnx")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"\x08", b"<!DOCTYPE html><html>", bytes(range(256)) * 9])
def test_what_is_no_onnx_at_all(data: bytes) -> None:
    with pytest.raises(ModelError, match=r"^red.onnx: is no (valid )?ONNX"):
        network(data, "red.onnx")


def test_bytes_that_were_cut_off() -> None:
    data = tiny_models.yunet()
    for size in range(1, len(data), 37):
        with pytest.raises(ModelError):
            network(data[:size], "red.onnx")


def test_any_change_leaves_a_network_or_one_line() -> None:
    data, random = tiny_models.yunet(), np.random.default_rng(11)
    for at, value in zip(random.integers(0, len(data), 600), random.integers(0, 256, 600), strict=True):
        changed = bytearray(data)
        changed[at] = value
        try:
            assert network(bytes(changed), "red.onnx").graph.node
        except ModelError as error:
            assert "\n" not in str(error)  # noqa: PT017 - either is fine
