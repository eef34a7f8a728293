"""Measures the range of each tensor of the default network on a corpus, for its 8-bit twin (detection/quantise.py).

    python -m benchmarks.detector.ranges --corpus DIR

writes addons/facegate_addons/detection/centerface.ranges.json. The range of a tensor is what 98 of 100 pictures stay
within: with the outermost values of all of them, recall at 1 % fell by 3 points more. What the first three convolutions
give has none: three channels are few for a product of bytes, so there they are slower than float, and less exact.
"""

import io
from pathlib import Path

import click
import numpy as np
import onnx
from facegate_addons.detection import weights
from facegate_addons.detection.builtin import builtin
from facegate_addons.detection.network import CPU, session
from PIL import Image, ImageOps

from benchmarks.labels import labelled, spread

PICTURES = 160
SIDES = (192, 256, 320, 480)  # longest sides that the passes have
WITHIN = 0.98
FLOAT = 3  # convolutions that come first and stay as they are
TARGET = Path(weights.__file__).with_name("centerface.ranges.json")


def tensors(graph: onnx.GraphProto) -> list[str]:
    """What has a range: outputs of Relu and Add, and of convolutions that neither a Relu nor the caller takes."""
    activated = {name for node in graph.node if node.op_type in ("Relu", "BatchNormalization") for name in node.input}
    last = {output.name for output in graph.output} | {n.input[0] for n in graph.node if n.op_type == "Sigmoid"}
    kinds = ("Conv", "Relu", "Add")
    outputs = [node.output[0] for node in graph.node if node.op_type in kinds]
    third = [node.output[0] for node in graph.node if node.op_type == "Conv"][FLOAT - 1]
    return [name for name in outputs[outputs.index(third) :] if name not in activated and name not in last]


@click.command(help=__doc__)
@click.option("--corpus", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
def main(corpus: Path) -> None:
    model = builtin()
    network = onnx.load_from_string(weights.load(model))
    names = tensors(network.graph)
    network.graph.output.extend(onnx.helper.make_tensor_value_info(name, 1, None) for name in names)
    run = session(network.SerializeToString(), CPU).run
    paths = [corpus / picture.path for picture in spread(labelled(corpus), PICTURES)]
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for number, path in enumerate(paths):
        blob = _blob(path.read_bytes(), SIDES[number % len(SIDES)])
        for name, values in zip(names, run(names, {model.description.input.name: blob}), strict=True):
            seen[name].append((float(values.min()), float(values.max())))
    rows = {}
    for name, pairs in seen.items():
        lows, highs = np.array(pairs).T
        rows[name] = (min(0.0, float(np.quantile(lows, 1 - WITHIN))), float(np.quantile(highs, WITHIN)))
    lines = ",\n".join(f'  "{name}": [{low:.4f}, {high:.4f}]' for name, (low, high) in rows.items())
    TARGET.write_text(f'{{"sha256": "{model.description.sha256}",\n "ranges": {{\n{lines}\n}}}}\n')
    click.echo(f"{TARGET}: {len(rows)} tensors, {len(paths)} pictures")


def _blob(data: bytes, side: int) -> np.ndarray:
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    scale = side / max(image.size)
    shown = np.asarray(image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale)))))
    high, wide = (-length % 32 + length for length in shown.shape[:2])
    blob = np.zeros((1, 3, high, wide), np.float32)
    blob[0, :, : shown.shape[0], : shown.shape[1]] = shown.transpose(2, 0, 1)
    return blob


if __name__ == "__main__":
    main()
