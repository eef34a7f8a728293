import numpy as np
from facegate_addons.detection.resample import resample
from facegate_addons.detection.views import View
from hypothesis import given
from hypothesis import strategies as st

RGB = np.random.default_rng(1).integers(0, 256, (40, 60, 3), dtype=np.uint8)


def test_a_part_as_it_is() -> None:
    assert np.array_equal(resample(RGB, View((10, 5, 30, 25), (20, 20))), RGB[5:25, 10:30])


def test_smaller_it_is_the_mean_of_what_it_covers() -> None:
    means = RGB.reshape(20, 2, 30, 2, 3).mean(axis=(1, 3))
    assert np.abs(resample(RGB, View((0, 0, 60, 40), (30, 20))) - means).max() <= 1


def test_black_beyond_the_edges() -> None:
    shown = resample(RGB, View((-10, -10, 10, 10), (20, 20)))
    assert not shown[:10].any()
    assert not shown[:, :10].any()
    assert np.array_equal(shown[10:, 10:], RGB[:10, :10])


numbers = st.floats(-100, 100)


@given(numbers, numbers, st.floats(0.5, 200), st.floats(0.5, 200), st.integers(1, 99), st.integers(1, 99))
def test_any_view(left: float, top: float, width: float, height: float, wide: int, high: int) -> None:
    assert resample(RGB, View((left, top, left + width, top + height), (wide, high))).shape == (high, wide, 3)
