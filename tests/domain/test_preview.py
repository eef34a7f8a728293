from facegate_addons.domain.model import Payload
from facegate_addons.domain.preview import PICTURES, Glimpse, Preview, Rendering, Shown


def test_of_a_body_one_mosaic_is_shown_and_several_pictures():
    assert Glimpse(Payload(b""), Rendering.BLURRED).most == 1
    assert Glimpse(Payload(b""), Rendering.PLAIN).most == PICTURES


def test_no_pixels_reach_a_log():
    assert "pixels" not in repr(Preview((Shown("", (1, 1), (), b"pixels"),)))
