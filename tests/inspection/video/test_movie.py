from facegate_addons.inspection.video.boxes import boxes
from facegate_addons.inspection.video.movie import Track, fragments, tracks
from inspection.video.conftest import Clip, Rgb, box, fragmented


def of(data: bytes) -> list[Track]:
    return [track for found in boxes(data) if found.name == b"moov" for track in tracks(data, found)]


def test_a_clip_has_one(clip: Clip, plain: Rgb) -> None:
    assert of(clip([plain] * 2)) == [Track(1, b"vide", (b"avc1",))]
    assert of(clip([plain] * 2, "mp4", "libx265"))[0].entries == (b"hev1",)


def test_what_is_seen_and_what_is_encrypted() -> None:
    assert Track(1, b"pict", (b"av01",)).seen
    assert not Track(1, b"soun", (b"mp4a",)).seen
    assert Track(1, b"vide", (b"avc1", b"encv")).encrypted
    assert not Track(1, b"soun", (b"enca",)).encrypted


def test_numbers_of_long_headers() -> None:
    long = box(b"tkhd", b"\1\0\0\0" + bytes(16) + (7).to_bytes(4, "big") + bytes(8))
    assert of(box(b"moov", box(b"trak", long))) == [Track(7, b"", ())]


def test_of_which_tracks_a_fragment_is(plain: Rgb) -> None:
    _, (segment, *_) = fragmented([plain] * 6)
    (moof,) = (found for found in boxes(segment) if found.name == b"moof")
    assert list(fragments(segment, moof)) == [1]
