"""What a second look makes of a proposal, with a network that sees what the test says, and with the real one."""

import numpy as np
import pytest
import skimage.data
from facegate_addons.detection import closer, views
from facegate_addons.detection.builtin import builtin
from facegate_addons.detection.candidates import Candidate, Look
from facegate_addons.detection.closer import CHANCE, HOPELESS, SETTLED, Proposal, again
from facegate_addons.detection.network import Network
from facegate_addons.detection.resample import resample

RGB = closer.RGB
PROPOSAL = Proposal((100, 100, 140, 150), 0.4, 0.5)


class Seen:
    def __init__(self, score: float, box: views.Box = (0, 0, 1, 1)) -> None:
        self._score, self._box = score, box

    def candidates(self, floor: float, most: int | None = None) -> list[Candidate]:
        return [Candidate(self._box, self._score)]

    def best(self) -> float:
        return self._score

    def centre(self) -> float:
        return self._score


class Script:
    """Answers each batch with the next scores; the look with the surroundings sees `around` where `box` says."""

    def __init__(self, *answers: list[Look]) -> None:
        self._answers = list(answers)
        self.batches: list[tuple[int, ...]] = []

    def __call__(self, batch: RGB, *, rough: bool = False) -> list[Look]:
        self.batches.append(batch.shape)
        answer = self._answers.pop(0)
        assert len(answer) == len(batch)
        return answer


GLANCE: list[Look] = [Seen(0.5)]


def black(view: views.View) -> RGB:
    return np.zeros((view.size[1], view.size[0], 3), np.uint8)


def here() -> views.Box:
    return views.context(PROPOSAL.box, PROPOSAL.scale).into(PROPOSAL.box)


@pytest.mark.parametrize(("near", "score"), [((0.9, 0.9), 0.65), ((1.0, 0.8), 0.65)])
def test_two_close_looks_settle_a_clear_case(near: tuple[float, float], score: float) -> None:
    look = Script(GLANCE, [Seen(near[0]), Seen(near[1])])
    assert again(PROPOSAL, black, look) == pytest.approx(score)
    assert look.batches == [(1, 160, 160, 3), (2, 160, 160, 3)]


def test_hopeless_ones_cost_no_more() -> None:
    weak = Proposal(PROPOSAL.box, 0.1, 0.5)
    assert again(weak, black, Script([Seen(0.12)])) == pytest.approx(0.11)
    assert again(weak, black, Script(GLANCE, [Seen(0.12), Seen(0.1)])) == pytest.approx(0.105)
    assert HOPELESS > 0.1


def test_the_surroundings_count_half_of_the_first_look() -> None:
    look = Script(GLANCE, [Seen(0.7), Seen(0.7)], [Seen(0.9, here())])
    assert again(PROPOSAL, black, look) == pytest.approx(((0.4 + 0.9) / 2 + 0.7) / 2)
    assert look.batches[2] == (1, 192, 192, 3)


def test_another_face_nearby_is_not_this_one() -> None:
    left, top, right, bottom = here()
    beside = (left + 40, top, right + 40, bottom)
    look = Script(GLANCE, [Seen(0.7), Seen(0.7)], [Seen(0.9, beside)], [Seen(0.0)] * 5)
    assert again(PROPOSAL, black, look) == pytest.approx((0.4 / 2 + 0.7) / 2)


def test_the_best_turned_view_counts_less_by_chance() -> None:
    look = Script(GLANCE, [Seen(0.3), Seen(0.3)], [Seen(0.3, here())], [Seen(s) for s in (0.1, 0.95, 0.2, 0.0, 0.3)])
    assert again(PROPOSAL, black, look) == pytest.approx(0.95 - CHANCE)
    assert look.batches[3] == (5, 160, 160, 3)
    assert SETTLED < 0.95 - CHANCE


@pytest.fixture(scope="module")
def network() -> Network:
    return Network.load(builtin())


FACE = skimage.data.astronaut()
BOX = (170.0, 60.0, 280.0, 195.0)


@pytest.mark.parametrize("turns", range(4))
def test_a_face_on_its_side_or_head(turns: int, network: Network) -> None:
    turned = np.ascontiguousarray(np.rot90(FACE, turns))
    box = BOX
    for _ in range(turns):  # 512 x 512, counter-clockwise
        box = (box[1], 512 - box[2], box[3], 512 - box[0])
    assert again(Proposal(box, 0.4, 0.5), lambda view: resample(turned, view), network.look) > SETTLED


@pytest.mark.parametrize(("across", "down"), [(1, 3), (3, 1)])
def test_a_squashed_face(across: int, down: int, network: Network) -> None:
    squashed = np.ascontiguousarray(FACE[::down, ::across])
    box = (BOX[0] / across, BOX[1] / down, BOX[2] / across, BOX[3] / down)
    assert again(Proposal(box, 0.4, 0.5), lambda view: resample(squashed, view), network.look) > 0.5


def test_no_face(network: Network) -> None:
    assert again(Proposal(BOX, 0.2, 0.5), lambda view: resample(skimage.data.coffee(), view), network.look) < 0.3
