from facegate_addons.inspection.video.segments import INIT_MAX, belongs, init_of, is_segment
from inspection.video.conftest import Clip, Rgb, box, fragmented


def test_init_and_segments(plain: Rgb) -> None:
    init, cut = fragmented([plain] * 12)
    assert init_of(init) == init
    assert not is_segment(init)
    assert len(cut) > 1
    assert all(is_segment(segment) and not init_of(segment) and belongs(init, segment) for segment in cut)
    assert is_segment(box(b"styp", b"msdh") + cut[0])


def test_what_stands_beside_the_header_is_left_out(plain: Rgb) -> None:
    init, _ = fragmented([plain] * 6)
    assert init_of(init + box(b"free", bytes(100)) + box(b"sidx", bytes(40))) == init
    assert not init_of(init + bytes(INIT_MAX))


def test_other_bodies_are_neither(clip: Clip, plain: Rgb, plain_jpeg: bytes) -> None:
    whole = clip([plain] * 3)
    init, (segment, *_) = fragmented([plain] * 6)
    for body in (whole, plain_jpeg, b"", b"<html>", init + segment, whole[:50]):
        assert not is_segment(body)
        assert not init_of(body)


def test_an_init_segment_of_other_tracks(plain: Rgb) -> None:
    init, (segment, *_) = fragmented([plain] * 6)
    other = init.replace(b"tkhd\0\0\0\3" + bytes(8) + b"\0\0\0\1", b"tkhd\0\0\0\3" + bytes(8) + b"\0\0\0\2")
    assert other != init
    assert not belongs(other, segment)
    assert not belongs(init, box(b"moof"))
