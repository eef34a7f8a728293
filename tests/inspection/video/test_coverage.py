import os

from facegate_addons.inspection.parts import Note, Part
from facegate_addons.inspection.video.coverage import SLACK, UNNAMED, gaps

DATA = os.urandom(UNNAMED * 20)


def test_what_no_packet_takes_is_left() -> None:
    found = list(gaps(DATA, [(5000, 5100), (200, 5001)]))
    assert found[0] == Note(DATA[:200], "between the packets")
    assert isinstance(found[1], Part)
    assert DATA.endswith(found[1].data[-10:])


def test_what_begins_like_padding_is_left_whole() -> None:
    assert list(gaps(bytes(10) + b"\xff\xd8\xff" + DATA[:100], [])) == [
        Note(bytes(10) + b"\xff\xd8\xff" + DATA[:100], "between the packets")
    ]


def test_headers_of_chunks_and_padding_are_nothing() -> None:
    assert not list(gaps(DATA, [(0, 1000), (1000 + SLACK, len(DATA))]))
    assert not list(gaps(bytes(100_000) + b"x", [(100_000, 100_001)]))


def test_packets_may_overlap_and_lie_about_their_place() -> None:
    assert not list(gaps(DATA, [(0, len(DATA)), (10, 20), (-5, 3), (len(DATA) + 5, len(DATA) + 9)]))


def test_headers_and_indexes_are_searched_only() -> None:
    assert list(gaps(DATA, [(5000, len(DATA))], [(0, 5000)])) == [Note(DATA[:5000], "header")]
