import numpy as np
import pytest
from facegate_addons.inspection.video.change import CELLS, FRAMES, PATIENCE, Thumb, Watch, grid


def flat(level: int = 100) -> Thumb:
    return np.full((36, 64, 3), level, np.uint8)


def with_patch(thumb: Thumb, side: int, level: int = 180, at: int = 10) -> Thumb:
    thumb = thumb.copy()
    thumb[at : at + side, at : at + side] = level
    return thumb


def looks(thumbs: list[Thumb], rate: float = 30.0) -> list[int]:
    watch = Watch()
    return [number for number, thumb in enumerate(thumbs) if watch.new(thumb, number / rate)]


def test_a_scene_is_looked_at_each_interval() -> None:
    thumbs = [flat(100 + 8 * (number % 2)) for number in range(40)]
    assert looks(thumbs)[:2] == [0, 15]


def test_one_that_stands_still_less_often() -> None:
    assert looks([flat()] * 130) == [0, 60, 120]


def test_timestamps_that_stand_still_or_leap_hide_nothing() -> None:
    assert looks([flat()] * 130, rate=float("inf")) == [0, 60, 120]
    watch = Watch()
    assert [watch.new(flat(), None) for _ in range(FRAMES * PATIENCE + 1)].count(True) == 2
    assert not watch.new(flat(), 1.0)
    assert [watch.new(flat(), 1.0) for _ in range(FRAMES * PATIENCE)].count(True) == 1
    assert watch.new(flat(), 0.5)  # backwards
    assert watch.new(flat(), 7.0)


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_one_frame_with_a_small_patch(channel: int) -> None:
    """Two by two cells of 64 by 36, in one colour only."""
    odd = flat()
    odd[5:7, 5:7, channel] += 40
    assert 7 in looks([flat()] * 7 + [odd] + [flat()] * 7)


def test_the_noise_of_a_codec_is_no_change() -> None:
    noise = np.random.default_rng(1)
    thumbs = [flat() + noise.integers(-6, 7, flat().shape, dtype=np.int8).astype(np.uint8) for _ in range(15)]
    assert looks(thumbs) == [0]


def moving(count: int) -> list[Thumb]:
    """A bar that goes to and fro."""
    thumbs = []
    for number in range(count):
        thumb = flat()
        thumb[20:23, 3 * (number % 9) : 3 * (number % 9) + 3] = 200
        thumbs.append(thumb)
    return thumbs


def test_motion_is_not_looked_at_all_the_time() -> None:
    assert len(looks(moving(120))) < 120 / 3


def test_a_flash_where_nothing_moves() -> None:
    thumbs = moving(70)
    thumbs[52] = with_patch(thumbs[52], 5, at=2)
    assert 52 in looks(thumbs)


def test_flicker_in_one_place_does_not_hide_another() -> None:
    thumbs = [with_patch(flat(), 20, 100 + 80 * (number % 2)) for number in range(70)]
    thumbs[52] = with_patch(thumbs[52], 3, at=32)
    assert 52 in looks(thumbs)
    assert len(looks(thumbs)) < 30


def test_flashes_before_do_not_make_it_usual() -> None:
    thumbs = [flat()] * 60
    for number in (50, 52):
        thumbs[number] = flat(255)
    thumbs[54] = with_patch(flat(), 4)
    assert {50, 52, 54} <= set(looks(thumbs))


def test_a_slow_fade_is_another_scene_at_last() -> None:
    thumbs = [with_patch(flat(), 36, 100 + 6 * number, at=0) for number in range(12)]
    assert len(looks(thumbs)) > 1


def test_another_size_is_something_new() -> None:
    watch = Watch()
    assert watch.new(flat(), 0.0)
    assert watch.new(np.zeros((64, 36, 3), np.uint8), 0.01)


def test_grid() -> None:
    assert grid(1280, 720) == (64, 36)
    assert grid(100, 4000) == (4, 64)
    assert CELLS < 4
