"""Detectors of red squares, a few hundred bytes each: real ONNX networks that follow the decode rules of real ones.

A picture is a NumPy array; `red(480, 480, (100, 200, 64))` has a square of 64 pixels with its corner at x 100, y 200.
"""

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper
from PIL import Image

RED = (255, 0, 0)
STRIDES = (8, 16, 32)


def red(height: int, width: int, *squares: tuple[int, int, int]) -> np.ndarray:
    """Gray noise, which no tile search skips as flat, with red squares (x, y, side)."""
    rgb = np.repeat(np.random.default_rng(7).integers(90, 160, (height, width, 1), dtype=np.uint8), 3, axis=2)
    for x, y, side in squares:
        rgb[y : y + side, x : x + side] = RED
    return rgb


def png(*squares: tuple[int, int, int]) -> bytes:
    """480 x 480 pixels of it as a file."""
    out = io.BytesIO()
    Image.fromarray(red(480, 480, *squares)).save(out, "PNG")
    return out.getvalue()


def yunet(channels: str = "bgr", *, batch: bool = True) -> bytes:
    """Without `batch` it is exported for one picture, as many are: its shapes hold the number 1."""
    nodes = [_redness(channels)]
    first = 0 if batch else 1
    constants = {
        "cells": np.array([first, -1, 1]),
        "fours": np.array([first, -1, 4]),
        "zero": np.float32([0]),
        "centred": np.float32([0.5, 0.5, 0, 0]),  # a face fills its cell
    }
    outputs = []
    for stride in STRIDES:
        one = f"_{stride}"
        nodes += [
            _pool("redness", f"mean{one}", stride),
            helper.make_node("Transpose", [f"mean{one}"], [f"last{one}"], perm=[0, 2, 3, 1]),
            helper.make_node("Reshape", [f"last{one}", "cells"], [f"cls{one}"]),
            helper.make_node("Identity", [f"cls{one}"], [f"obj{one}"]),
            helper.make_node("Concat", [f"last{one}"] * 4, [f"quad{one}"], axis=3),
            helper.make_node("Reshape", [f"quad{one}", "fours"], [f"flat{one}"]),
            helper.make_node("Mul", [f"flat{one}", "zero"], [f"none{one}"]),
            helper.make_node("Add", [f"none{one}", "centred"], [f"bbox{one}"]),
            helper.make_node("Identity", [f"flat{one}"], [f"kps{one}"]),  # nobody asks for it
        ]
        outputs += [f"{kind}{one}" for kind in ("cls", "obj", "bbox", "kps")]
    return _model(nodes, outputs, constants, 3)


def centerface(channels: str = "rgb") -> bytes:
    """Outputs h, s and o; a face of 4 x 4 pixels for each red cell."""
    nodes = [
        _redness(channels),
        _pool("redness", "h", 4),
        helper.make_node("Concat", ["h", "h"], ["two"], axis=1),
        helper.make_node("Mul", ["two", "zero"], ["s"]),
        helper.make_node("Mul", ["two", "zero"], ["o"]),
    ]
    return _model(nodes, ["h", "s", "o"], {"zero": np.float32([0])}, 4)


def described(
    weights: bytes, *, name: str = "red", rule: str = "yunet", top: str = "", channels: str = "", **tables: str
) -> str:
    """A description's text. `top` and `tables` are lines put into it: input="batch = false"."""
    channels = channels or {"yunet": "bgr", "centerface": "rgb"}[rule]
    outputs = 'outputs = { heatmap = "h", scale = "s", offset = "o" }' if rule == "centerface" else ""
    return f"""
name = "{name}"
license = "CC0-1.0"
source = "drawn by the tests"
sha256 = "{hashlib.sha256(weights).hexdigest()}"
{top}
[input]
name = "pixels"
channels = "{channels}"
{tables.get("input", "")}
[decode]
rule = "{rule}"
{tables.get("decode", outputs)}
[scores]
{tables.get("scores", "propose = 0.3")}
threshold = 0.5
obvious = 0.9
"""


def written(folder: Path, weights: bytes, **how: str) -> tuple[Path, Path]:
    """The description and the weights as files."""
    files = folder / "description.toml", folder / "red.onnx"
    files[0].write_text(described(weights, **how))
    files[1].write_bytes(weights)
    return files


def _redness(channels: str) -> NodeProto:
    """1 where a pixel is pure red, 0 where it is gray."""
    return helper.make_node("Conv", ["pixels", f"red_of_{channels}"], ["redness"])


def _pool(source: str, result: str, side: int) -> NodeProto:
    return helper.make_node("AveragePool", [source], [result], kernel_shape=[side, side], strides=[side, side])


def _model(nodes: Sequence[NodeProto], outputs: Sequence[str], constants: dict[str, np.ndarray], rank: int) -> bytes:
    weights = np.float32([1, -1, 0]).reshape(1, 3, 1, 1) / 255
    constants = constants | {"red_of_rgb": weights, "red_of_bgr": weights[:, ::-1].copy()}
    graph = helper.make_graph(
        nodes,
        "red",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [1, 3, 64, 64])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, [None] * rank) for output in outputs],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    data: bytes = model.SerializeToString()
    return data
