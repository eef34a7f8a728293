import av
import numpy as np
import pytest
from facegate_addons.inspection.video import frames
from inspection.video.conftest import Rgb


def frame_of(rgb: Rgb, form: str = "rgb24") -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), form)


def test_small_frames_are_shown_as_they_are(face: Rgb) -> None:
    (shown,) = frames.pictures(frame_of(face), 1.0, 20, "here")
    assert np.array_equal(shown.rgb, face)
    assert shown.scale == (1.0, 1.0)
    assert shown.where == "here"


def test_large_frames_are_reduced_to_what_faces_need() -> None:
    (shown,) = frames.pictures(frame_of(np.zeros((1080, 1920, 3), np.uint8)), 1.0, 20, "")
    assert shown.rgb.shape == (756, 1344, 3)
    assert shown.size == pytest.approx((1920, 1080))


def test_wide_pixels_are_shown_wide() -> None:
    wide = frame_of(np.zeros((240, 180, 3), np.uint8))
    assert next(frames.pictures(wide, 16 / 9, 20, "")).rgb.shape == (240, 320, 3)
    assert next(frames.pictures(wide, 0.5, 20, "")).rgb.shape == (480, 180, 3)
    assert next(frames.pictures(wide, 1e9, 20, "")).rgb.shape[0] >= 80  # and no more than memory holds
    assert next(frames.pictures(wide, -1.0, 20, "")).rgb.shape == (240, 180, 3)


def test_transparency_is_looked_through() -> None:
    rgba = np.full((64, 64, 4), 200, np.uint8)
    rgba[..., 3] = 128
    assert len(list(frames.pictures(frame_of(rgba, "rgba"), 1.0, 20, ""))) > 1


def test_thumb(plain: Rgb) -> None:
    small = frames.thumb(frame_of(plain), 8, 6)
    assert small.shape == (6, 8, 3)
    assert np.abs(small[0, 0].astype(int) - plain[:40, :40].mean(axis=(0, 1))).max() < 12
