import pytest
from facegate_addons.inspection.parts import Note, Part


def test_pieces_are_values() -> None:
    assert Part(b"x") == Part(b"x", "", "")
    assert Part(b"x") != Note(b"x")
    with pytest.raises(AttributeError):
        Part(b"x").data = b"y"  # type: ignore[misc]  # frozen
