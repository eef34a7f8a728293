"""In which order a picture is looked at, and what each look is for, with the real network."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import skimage.data
from facegate_addons.detection.builtin import builtin
from facegate_addons.detection.candidates import Candidate, Look
from facegate_addons.detection.network import Network
from facegate_addons.detection.picture import Picture, unhurried
from facegate_addons.detection.search import Search
from facegate_addons.detection.views import CONTEXT
from PIL import Image

FACE = skimage.data.astronaut()
OBVIOUS = builtin().description.scores.obvious
HEAD = FACE[20:240, 120:330]
RGB = np.ndarray


class Counted(Network):
    """Remembers the shape of each batch, and which were looked at in full."""

    def __init__(self, network: Network, *, rough: bool = True) -> None:
        super().__init__(network._session, network.description, "cpu", network._rough if rough else None)
        self.batches: list[tuple[int, ...]] = []
        self.full: list[tuple[int, ...]] = []

    def look(self, batch: RGB, *, rough: bool = False) -> list[Look]:
        self.batches.append(batch.shape)
        self.full += [] if rough else [batch.shape]
        return super().look(batch, rough=rough)


@pytest.fixture(scope="module")
def loaded() -> Network:
    return Network.load(builtin())


@pytest.fixture
def network(loaded: Network) -> Counted:
    return Counted(loaded)


def search(network: Network, rgb: RGB | Picture, *, thorough: bool = False) -> list[Candidate]:
    picture = rgb if isinstance(rgb, Picture) else Picture(np.ascontiguousarray(rgb))
    return Search(network, picture, 20, unhurried, threshold=0.4, enough=0.6, thorough=thorough).faces()


def best(found: list[Candidate]) -> float:
    return max((face.score for face in found), default=0.0)


def test_an_obvious_face_takes_one_look(network: Counted) -> None:
    assert best(search(network, FACE)) >= OBVIOUS
    assert network.batches == [(1, 256, 256, 3)]


def test_so_does_a_picture_that_raises_no_doubt(network: Counted) -> None:
    assert search(network, skimage.data.rocket()) == []
    assert network.batches == [(1, 214, 320, 3)]


def test_nothing_is_looked_at_in_one_colour(network: Counted) -> None:
    assert search(network, np.full((400, 400, 3), 77, np.uint8)) == []
    assert network.batches == []


def test_a_doubt_is_settled_with_all_the_detail(network: Counted) -> None:
    """Half a face, at its edge: the finer picture is asked for, once, and looked at closer."""
    asked = []
    doubtful = np.ascontiguousarray(np.rot90(FACE, 2))

    def finer() -> Picture:
        asked.append(1)
        return Picture(doubtful)

    coarse = Picture(np.ascontiguousarray(doubtful[::2, ::2]), (2.0, 2.0), decode_finer=finer)
    assert best(search(network, coarse)) > 0.6
    assert asked == [1]
    assert network.batches[:4] == [(1, 256, 256, 3), (1, 480, 480, 3), (1, 160, 160, 3), (2, 160, 160, 3)]


def test_an_obvious_face_asks_for_nothing_finer(network: Counted) -> None:
    def finer() -> Picture:
        raise AssertionError

    assert search(network, Picture(FACE[::2, ::2].copy(), (2.0, 2.0), decode_finer=finer))


@pytest.mark.parametrize(
    ("name", "derive"),
    [
        ("on its side", lambda rgb: np.rot90(rgb)),
        ("on its head", lambda rgb: np.rot90(rgb, 2)),
        ("in the dark", lambda rgb: (rgb * 0.02).astype(np.uint8)),
        ("faded", lambda rgb: (rgb * 0.06 + 230).astype(np.uint8)),
        ("squashed to a third across", lambda rgb: np.asarray(Image.fromarray(rgb).resize((171, 512)))),
        ("squashed to a third down", lambda rgb: np.asarray(Image.fromarray(rgb).resize((512, 171)))),
        ("small", lambda rgb: np.asarray(Image.fromarray(rgb).resize((96, 96)))),
    ],
)
def test_each_view_finds_what_it_is_there_for(name: str, derive: Callable[[RGB], RGB], network: Counted) -> None:
    assert best(search(network, derive(FACE))) > 0.4, name


def test_a_small_face_on_a_large_canvas_is_found_in_a_tile(network: Counted) -> None:
    canvas = np.asarray(Image.fromarray(skimage.data.coffee()).resize((3840, 2160))).copy()
    canvas[1500:1560, 3000:3057] = np.asarray(Image.fromarray(HEAD).resize((57, 60)))  # the face: 30 wide
    (face, *_) = sorted(search(network, canvas), key=lambda face: -face.score)
    assert face.score > 0.5
    assert 2990 < face.box[0] < face.box[2] < 3060
    assert len(network.batches) > 5


def clouds() -> RGB:
    """Large, of many colours, and nothing in it."""
    spots = np.random.default_rng(7).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(spots).resize((1200, 1200), Image.Resampling.BICUBIC))


def test_what_a_rough_look_settles_is_not_looked_at_in_full(network: Counted) -> None:
    assert best(search(network, clouds())) < 0.2
    assert network.batches.count((1, 448, 448, 3)) == 4
    assert network.full == []


def test_a_thorough_search_looks_in_full(network: Counted) -> None:
    search(network, clouds(), thorough=True)
    assert network.full == [(1, 448, 448, 3)] * 4


def test_a_network_without_rough_looks_looks_once(loaded: Network) -> None:
    network = Counted(loaded, rough=False)
    assert best(search(network, clouds())) < 0.2
    assert network.batches.count((1, 448, 448, 3)) == 4


def test_a_face_between_tiles_is_looked_at_in_full(network: Counted) -> None:
    """Too small for the coarse pass: 34 pixels wide of 1,200."""
    picture = clouds().copy()
    picture[560:620, 560:617] = np.asarray(Image.fromarray(HEAD).resize((57, 60)))
    assert best(search(network, picture)) > 0.5
    assert (1, 448, 448, 3) in network.full


class Shortsighted(Counted):
    """In full it sees no tile, only what is close and its surroundings."""

    def look(self, batch: RGB, *, rough: bool = False) -> list[Look]:
        blind = not rough and batch.shape[1] > CONTEXT
        return super().look(np.zeros_like(batch) if blind else batch, rough=rough)


def test_what_a_glance_left_open_is_looked_at_closer_whatever_the_full_look_says(loaded: Network) -> None:
    picture = clouds().copy()
    picture[560:620, 560:617] = np.asarray(Image.fromarray(HEAD).resize((57, 60)))
    assert best(search(Shortsighted(loaded), picture)) > 0.5


def page(grain: int) -> RGB:
    """White but for `grain` levels, as a compressed page is, and a small portrait: 0.4 % of it."""
    white: RGB = (255 - np.arange(900 * 900 * 3) % (grain + 1)).reshape(900, 900, 3).astype(np.uint8)
    white[200:260, 300:360] = np.asarray(Image.fromarray(HEAD).resize((60, 60)))
    return white


@pytest.mark.parametrize("grain", [0, 2])
def test_a_small_portrait_on_a_white_page_is_no_stray_pixel(grain: int, network: Counted) -> None:
    assert best(search(network, page(grain))) > 0.6


def test_a_bright_grid_over_a_face_hides_nothing(network: Counted) -> None:
    """Lifting takes the grid for the whole picture, and would show the rest as black."""
    grid = FACE.copy()
    grid[::2, ::2] = 250
    grid[::4, ::2] = 251
    assert best(search(network, grid)) > 0.6


def test_thorough_goes_on_after_the_first(network: Counted) -> None:
    row = np.hstack([FACE[:300, 80:380]] * 3)
    quick, all_of_them = search(network, row), search(network, row, thorough=True)
    assert len([face for face in all_of_them if face.score > 0.6]) == 3
    assert len(quick) <= 3
    assert len(network.batches) > 2


def test_the_tick_may_stop_it(network: Counted) -> None:
    class Enough(Exception):
        pass

    def tick() -> None:
        raise Enough

    with pytest.raises(Enough):
        Search(network, Picture(FACE), 20, tick, threshold=0.4, enough=0.6, thorough=False).faces()
    assert network.batches == []


def test_a_picture_is_a_value(network: Counted) -> None:
    picture = Picture(FACE)
    before = replace(picture)
    search(network, picture)
    assert np.array_equal(before.rgb, picture.rgb)


def test_decoys_do_not_hide_a_face(network: Counted) -> None:
    """Twelve faces cut in half raise more doubt than a turned one, and are looked at before it."""
    canvas = np.full((900, 900, 3), 200, np.uint8)
    decoy = np.asarray(Image.fromarray(FACE[60:125, 160:290]).resize((130, 65)))
    for number in range(12):
        top, left = 20 + number // 4 * 90, 20 + number % 4 * 220
        canvas[top : top + 65, left : left + 130] = decoy
    canvas[600:810, 400:600] = np.rot90(np.asarray(Image.fromarray(HEAD).resize((210, 200))))
    assert best(search(network, canvas)) > 0.4
