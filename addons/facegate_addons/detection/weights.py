"""From a model's file to a network that onnxruntime can be given: checked against its digest, and made dynamic.

Many files were exported for one size of input (CenterFace's for 10 x 3 x 32 x 32), and list their initialisers as
inputs, which keeps onnxruntime from folding them. Both are undone in memory. What a decode rule does not ask for, such
as landmarks, is cut off: it is never computed.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import onnx

from facegate_addons.detection import builtin, structure
from facegate_addons.detection.description import WEIGHTS_MAX, Description, Model, ModelError
from facegate_addons.domain.tables import nearest


def read(model: Model) -> bytes:
    """The file's bytes, checked against the description's digest. Raises ModelError when they differ."""
    path = Path(model.weights)
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > WEIGHTS_MAX:
                raise ModelError(f"{path}: has {size} bytes; a model may have {WEIGHTS_MAX}")
            data = file.read(size + 1)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})") from None
    if hashlib.sha256(data).hexdigest() != model.description.sha256:
        raise ModelError(
            f"{path}: not the weights that {model.description.name} was described with (their sha256 differs); "
            f"{_repair(model)}"
        )
    return data


def _repair(model: Model) -> str:
    if model.description.name == builtin.NAME:
        return builtin.REPAIR
    return "add it again: facegate model add DESCRIPTION.toml --force"


def dynamic(network: onnx.ModelProto, described: Description, where: str) -> bytes:
    """The same network for any batch, height and width, with no outputs but those the rule takes. Raises ModelError."""
    graph = network.graph
    initialisers = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in initialisers]
    if [value.name for value in inputs] != [described.input.name]:
        raise ModelError(f"{where}: input.name is {described.input.name!r}, but the network takes {_listed(inputs)}")
    tensor = inputs[0].type.tensor_type
    if tensor.elem_type != onnx.TensorProto.FLOAT or len(tensor.shape.dim) != 4:
        raise ModelError(f"{where}: its input has to be float32 of four dimensions: batch, channels, height, width")
    if tensor.shape.dim[1].dim_value not in (0, 3):  # 0: not a fixed number
        raise ModelError(f"{where}: its input's second dimension has to be the three channels")
    there = {value.name: value for value in graph.output}
    for name in described.outputs:
        if name not in there:
            raise ModelError(f"{where}: has no output {name!r} (decode.outputs); {nearest(name, there)}")
    for dimension, name in ((0, "B"), (2, "H"), (3, "W")):
        tensor.shape.dim[dimension].dim_param = name
    outputs = [there[name] for name in described.outputs]
    for output in outputs:
        output.type.tensor_type.ClearField("shape")
    del graph.input[:], graph.output[:], graph.value_info[:]
    graph.input.extend(inputs)
    graph.output.extend(outputs)
    data: bytes = network.SerializeToString(deterministic=True)
    return data


def load(model: Model) -> bytes:
    """The network ready for a session. Raises ModelError."""
    return dynamic(structure.network(read(model), model.weights), model.description, model.weights)


def _listed(values: Iterable[onnx.ValueInfoProto]) -> str:
    return ", ".join(repr(value.name) for value in values) or "none"
