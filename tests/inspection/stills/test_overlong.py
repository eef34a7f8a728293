import io

import numpy as np
import pytest
from facegate_addons.inspection.stills.overlong import overlong
from facegate_addons.inspection.stills.segments import jpeg as segments
from facegate_addons.inspection.stills.structure import Layout
from PIL import Image

OPTIONS: list[dict[str, object]] = [{}, {"progressive": True}, {"subsampling": 0}, {"restart_marker_rows": 1}]


def saved(height: int = 300, **options: object) -> bytes:
    noise = np.random.default_rng(1).integers(0, 255, (height // 4, 80, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).resize((320, height)).save(out, "JPEG", **options)
    return out.getvalue()


def shortened(data: bytes, height: int) -> bytes:
    at = next(at for mark in (b"\xff\xc0", b"\xff\xc2") if (at := data.find(mark)) > 0) + 5
    return data[:at] + height.to_bytes(2, "big") + data[at + 2 :]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("height", [290, 297, 304])
def test_whole_pictures_have_none(options: dict[str, object], height: int) -> None:
    data = saved(height, **options)
    assert not overlong(data, len(data))


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("height", [16, 100, 200])
def test_rows_below_the_last_one(options: dict[str, object], height: int) -> None:
    data = shortened(saved(**options), height)
    assert overlong(data, len(data))


def test_a_raw_picture_behind_the_last_row(face_jpeg: bytes) -> None:
    data = saved()
    hidden = data[:-2] + face_jpeg.replace(b"\xff", b"\xff\0") + data[-2:]
    assert overlong(hidden, len(hidden))
    found = Layout(len(hidden))
    list(segments(hidden, found))
    assert found.end == len(hidden)


@pytest.mark.parametrize("cut", [0, 2, 30, 200, 3000])
def test_a_broken_head_is_no_reason(cut: int) -> None:
    data = saved()
    assert not overlong(data[:cut], cut)
    assert not overlong(b"\xff\xd8" + data[cut:][:4000], 4000)
