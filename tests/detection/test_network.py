import numpy as np
import pytest
import skimage.data
from facegate_addons.detection.network import Network
from facegate_addons.detection.weights import WeightsError

FACE = skimage.data.astronaut()


@pytest.fixture(scope="module")
def network() -> Network:
    return Network.load("centerface")


def test_it_sees_a_face_where_it_is(network: Network) -> None:
    (look,) = network.look(FACE[None])
    first, *_ = look.candidates(0.5)
    left, top, right, bottom = first.box
    assert 160 < left < 200 < 240 < right < 290
    assert 40 < top < 90 < 150 < bottom < 200
    assert first.score == look.best() > 0.8


def test_pictures_of_a_batch_do_not_mix(network: Network) -> None:
    dark, face = network.look(np.stack([np.zeros_like(FACE), FACE]))
    assert face.best() > 0.8 > 0.1 > dark.best()


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (33, 31), (64, 96)])
def test_any_height_and_width(shape: tuple[int, int], network: Network) -> None:
    (look,) = network.look(np.full((1, *shape, 3), 127, np.uint8))
    assert 0 <= look.centre() <= look.best() <= 1


def test_a_model_that_is_not_there() -> None:
    with pytest.raises(WeightsError, match="nonesuch"):
        Network.load("nonesuch")
