"""The same network in 8-bit integers, for looks whose answer is only "surely", "surely not" or "look closer".

Static quantisation in the QDQ form (ONNX Runtime fuses it to integer kernels): weights in signed bytes with a scale for
each output channel, activations in unsigned bytes with the range that was measured for each tensor. Which tensors have
a range decides what is quantised: a convolution or sum without one at its input or output stays as it is.
"""

import json
from collections.abc import Mapping
from importlib.resources import files

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

Ranges = Mapping[str, tuple[float, float]]

OPSET = 13  # the first with a scale for each channel
# Of 127. Processors without VNNI add two products of bytes in 16 bits: with 7 bits that cannot overflow, so every
# processor computes the same.
LARGEST_WEIGHT = 63


def ranges(weights: str) -> Ranges | None:
    """Those measured for the weights with this sha256; None when nobody did."""
    measured = json.loads((files(__package__) / "centerface.ranges.json").read_text(encoding="utf-8"))
    return measured["ranges"] if measured["sha256"] == weights else None


def quantise(network: bytes, ranges: Ranges) -> bytes:
    """`network` is an ONNX model of convolutions with a bias, Relu, Add and others; `ranges` are (lowest, highest)."""
    model = onnx.load_from_string(network)
    writer = _Writer(model.graph, ranges)
    writer.rewrite()
    del model.opset_import[:]
    model.opset_import.append(helper.make_opsetid("", OPSET))
    quantised: bytes = model.SerializeToString(deterministic=True)
    return quantised


class _Writer:
    def __init__(self, graph: onnx.GraphProto, ranges: Ranges) -> None:
        self._graph = graph
        self._ranges = ranges
        self._constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        self._old = list(graph.node)
        self._nodes: list[onnx.NodeProto] = []
        self._dequantised: dict[str, str] = {}  # tensor -> its name after the round trip through bytes

    def rewrite(self) -> None:
        followers: dict[str, list[onnx.NodeProto]] = {}
        for node in self._old:
            for name in node.input:
                followers.setdefault(name, []).append(node)
        for value in self._graph.input:
            self._round_trip(value.name, value.name)
        for node in self._old:
            if node.op_type == "Relu" and node.output[0] in self._ranges:
                # bytes from 0 up cannot hold what Relu would cut off
                self._round_trip(node.input[0], node.output[0])
                continue
            following = followers.get(node.output[0], [])
            activated = [f.op_type for f in following] == ["Relu"] and following[0].output[0] in self._ranges
            self._nodes.append(self._rewired(node))
            if not activated:
                self._round_trip(node.output[0], node.output[0])
        used = {name for node in self._nodes for name in node.input}
        del self._graph.node[:], self._graph.initializer[:]
        self._graph.node.extend(self._nodes)
        self._graph.initializer.extend(
            numpy_helper.from_array(array, name) for name, array in self._constants.items() if name in used
        )

    def _rewired(self, node: onnx.NodeProto) -> onnx.NodeProto:
        new = onnx.NodeProto()
        new.CopyFrom(node)
        for place, name in enumerate(node.input):
            new.input[place] = self._dequantised.get(name, name)
        if node.op_type == "Conv" and node.input[0] in self._dequantised:
            self._weights(new, self._scale(node.input[0])[0])
        return new

    def _round_trip(self, source: str, name: str) -> None:
        """`source`, rounded to bytes with the range of the tensor `name`, takes that tensor's place."""
        if name not in self._ranges:
            return
        scale, zero = self._scale(name)
        self._constants[f"{name}/scale"] = np.array(scale, np.float32)
        self._constants[f"{name}/zero"] = np.array(zero, np.uint8)
        self._pair(source, name, f"{name}/scale", f"{name}/zero")
        self._dequantised[name] = f"{name}/byte/back"

    def _pair(self, source: str, name: str, *parameters: str) -> None:
        self._nodes.append(helper.make_node("QuantizeLinear", [source, *parameters], [f"{name}/byte"]))
        self._nodes.append(helper.make_node("DequantizeLinear", [f"{name}/byte", *parameters], [f"{name}/byte/back"]))

    def _scale(self, name: str) -> tuple[float, int]:
        low, high = self._ranges[name]
        low, high = min(low, 0.0), max(high, 1e-6)
        scale = (high - low) / 255
        return scale, round(-low / scale)

    def _weights(self, node: onnx.NodeProto, scale_in: float) -> None:
        weight, bias = (self._constants[name] for name in node.input[1:3])
        flat = np.abs(weight.reshape(len(weight), -1)).max(axis=1)
        scale: NDArray[np.float32] = np.maximum(flat / LARGEST_WEIGHT, 1e-12).astype(np.float32)
        name = node.input[1]
        rounded = np.round(weight / scale.reshape(-1, *[1] * (weight.ndim - 1)))
        self._constants[f"{name}/byte"] = rounded.astype(np.int8)
        self._constants[f"{name}/scale"] = scale
        self._constants[f"{name}/zero"] = np.zeros(len(weight), np.int8)
        self._dequantise(f"{name}/byte", f"{name}/scale", f"{name}/zero", f"{name}/back")
        steps = scale * np.float32(scale_in)
        self._constants[f"{name}/bias"] = np.round(bias / steps).astype(np.int32)
        self._constants[f"{name}/steps"] = steps
        self._constants[f"{name}/none"] = np.zeros(len(weight), np.int32)
        self._dequantise(f"{name}/bias", f"{name}/steps", f"{name}/none", f"{name}/bias/back")
        node.input[1], node.input[2] = f"{name}/back", f"{name}/bias/back"

    def _dequantise(self, stored: str, scale: str, zero: str, name: str) -> None:
        self._nodes.append(helper.make_node("DequantizeLinear", [stored, scale, zero], [name], axis=0))
