import numpy as np
import onnx
import onnxruntime
import pytest
import skimage.data
from facegate_addons.detection import weights
from facegate_addons.detection.builtin import builtin
from facegate_addons.detection.network import Network
from facegate_addons.detection.quantise import LARGEST_WEIGHT, quantise, ranges
from onnx import TensorProto, helper, numpy_helper


def small() -> bytes:
    """Two convolutions, the first with a Relu, and their sum with the input."""
    random = np.random.default_rng(3)

    def tensor(name: str, *shape: int) -> onnx.TensorProto:
        return numpy_helper.from_array(random.normal(0, 0.3, shape).astype(np.float32), name)

    nodes = [
        helper.make_node("Conv", ["in", "w1", "b1"], ["c1"], pads=[1] * 4),
        helper.make_node("Relu", ["c1"], ["r1"]),
        helper.make_node("Conv", ["r1", "w2", "b2"], ["c2"], pads=[1] * 4),
        helper.make_node("Add", ["in", "c2"], ["sum"]),
        helper.make_node("Sigmoid", ["sum"], ["out"]),
    ]
    shape = [1, 3, "h", "w"]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("in", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, shape)],
        [tensor("w1", 8, 3, 3, 3), tensor("b1", 8), tensor("w2", 3, 8, 3, 3), tensor("b2", 3), tensor("unused", 2)],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 9)], ir_version=8).SerializeToString()


RANGES = {"in": (-1.0, 1.0), "r1": (0.0, 4.0), "c2": (-3.0, 3.0), "sum": (-4.0, 4.0)}


def run(network: bytes, values: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: values})[0]


def test_the_same_within_a_few_steps() -> None:
    values = np.random.default_rng(1).uniform(-1, 1, (1, 3, 16, 16)).astype(np.float32)
    assert np.abs(run(small(), values) - run(quantise(small(), RANGES), values)).max() < 0.06


def test_it_is_a_valid_model_in_bytes() -> None:
    model = onnx.load_from_string(quantise(small(), RANGES))
    onnx.checker.check_model(model, full_check=True)
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    assert stored["w1/byte"].dtype == np.int8
    assert np.abs(stored["w1/byte"]).max() == LARGEST_WEIGHT
    assert not {"w1", "w2", "b1", "b2", "unused"} & set(stored)
    assert "Relu" not in {node.op_type for node in model.graph.node}  # bytes from 0 up do its work


def test_what_has_no_range_stays_as_it_is() -> None:
    values = np.random.default_rng(1).uniform(-1, 1, (1, 3, 16, 16)).astype(np.float32)
    assert np.array_equal(run(small(), values), run(quantise(small(), {}), values))


def test_values_beyond_their_range_are_clipped_not_wrapped() -> None:
    loud = np.full((1, 3, 8, 8), 100, np.float32)
    assert run(quantise(small(), RANGES), loud).min() >= run(quantise(small(), RANGES), loud / 100).min() - 1e-6


def test_the_default_model_has_ranges_and_no_other() -> None:
    model = builtin()
    measured = ranges(model.description.sha256)
    assert measured is not None
    inside = {
        name for node in onnx.load_from_string(weights.load(model)).graph.node for name in (*node.input, *node.output)
    }
    assert set(measured) <= inside
    assert not {"input.1", "365", "368"} & set(measured)  # the first convolutions: quicker in float, and exact
    assert ranges("0" * 64) is None


@pytest.fixture(scope="module")
def network() -> Network:
    return Network.load(builtin())


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket"])
def test_rough_looks_see_what_full_ones_see(name: str, network: Network) -> None:
    picture = getattr(skimage.data, name)()[None, ::2, ::2]
    (full,), (rough,) = network.look(picture), network.look(picture, rough=True)
    assert rough.best() == pytest.approx(full.best(), abs=0.08)
    for one, other in zip(full.candidates(0.5), rough.candidates(0.5), strict=True):
        assert one.box == pytest.approx(other.box, abs=3)


def test_a_network_read_twice_sees_the_same(network: Network) -> None:
    """Within what a rough look may be off by: how bytes are summed up is the processor's choice at each run."""
    picture = skimage.data.astronaut()[None]
    again = Network.load(builtin())
    assert network.look(picture)[0].best() == again.look(picture)[0].best()
    rough = [each.look(picture, rough=True)[0].best() for each in (network, again)]
    assert rough[0] == pytest.approx(rough[1], abs=0.04)
