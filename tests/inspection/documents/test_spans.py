import pytest
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents.spans import SLACK, gaps
from facegate_addons.inspection.parts import Note, Part


def test_what_no_member_claims_is_a_piece() -> None:
    data = b"head" + b"x" * 300 + b"tail" + b"y"
    assert list(gaps(data, [(0, 4), (304, 308)], "zoo")) == [Part(b"x" * 300 + b"y", "between members")]
    assert list(gaps(data, [(4, 304), (0, 4)], "zoo")) == [Note(b"taily", "between members")]
    assert list(gaps(data, [(0, len(data))], "zoo")) == []
    assert list(gaps(b"ab" + bytes(9_000) + b"cd", [(0, 2), (9_002, 9_004)], "zoo")) == []  # zeros carry nothing


def test_small_gaps_add_up() -> None:
    data = b"mg" * SLACK
    (piece,) = gaps(data, [(at, at + 1) for at in range(0, len(data), 2)], "zoo")
    assert piece == Note(b"g" * SLACK, "between members")
    (piece,) = gaps(data + b"g", [(at, at + 1) for at in range(0, len(data), 2)], "zoo")
    assert isinstance(piece, Part)


def test_members_that_overlap_or_lie_outside() -> None:
    for spans in ([(0, 5), (4, 9)], [(0, 11)], [(5, 4)], [(-1, 4)]):
        with pytest.raises(Unread):
            list(gaps(b"0123456789", spans, "zoo"))
    assert list(gaps(b"0123456789", [(0, 5), (0, 5), (5, 10)], "zoo")) == []
    assert list(gaps(b"0123456789", [(0, 5), (3, 10)], "zoo", shared=True)) == []
