import base64
import random

import pytest
from facegate_addons.inspection.text import shares
from facegate_addons.inspection.text.stretches import BLOCK, LETTERS, _stretches, dense, stretches, table
from hypothesis import given
from hypothesis import strategies as st

WORDS = b"function words(of, a) { return 'script' + of.it } /* and what it says */\n" * 400
NOISE = random.Random(1).randbytes(900)


def test_long_pieces_alone() -> None:
    text = b"ab, " + b"c" * 200 + b"-" + b"d" * 199 + b"!" + b"e" * 300
    assert list(stretches(text, table(LETTERS), 200)) == [b"c" * 200, b"e" * 300]
    assert not list(stretches(b"", table(LETTERS), 1))


@pytest.mark.parametrize(
    "code", [base64.b64encode(NOISE), base64.b85encode(NOISE), NOISE.hex().encode(), str(list(NOISE)).encode()]
)
@pytest.mark.parametrize("before", [0, 1, 300, BLOCK - 1, 20 * BLOCK, len(WORDS)])
def test_a_code_is_kept_and_words_are_not(code: bytes, before: int) -> None:
    found = dense(WORDS[:before] + code + WORDS)
    assert code in found
    assert len(found) < len(code) + 6 * BLOCK


@pytest.mark.parametrize("joint", [b"", b"\n", b'", "'])
def test_small_letters_and_few_digits(joint: bytes) -> None:
    small = base64.b32encode(random.Random(2).randbytes(9_000)).lower()
    code = joint.join(small[at : at + 30] for at in range(0, len(small), 30))
    found = dense(WORDS + code + WORDS)
    assert code in found
    assert len(found) < len(code) + 6 * BLOCK


def test_words_are_no_code() -> None:
    assert dense(WORDS) == b""
    assert dense(b"") == b""


def test_pieces_far_apart_come_together() -> None:
    code = base64.b64encode(NOISE)
    found = dense(WORDS + code + WORDS + code + WORDS)
    assert found.count(code) == 2
    assert len(found) < 2 * len(code) + 12 * BLOCK


def test_mappings_of_a_source_map_are_no_code() -> None:
    draw = random.Random(2)
    mappings = ",".join("AA" + "".join(draw.choices("ACEGIKMgBD", k=3)) for _ in range(3_000)).encode()
    assert len(dense(mappings)) <= 3 * BLOCK  # the last is judged alone
    assert base64.b64encode(NOISE) in dense(mappings + base64.b64encode(NOISE) + mappings)


@given(
    st.lists(
        st.tuples(st.sampled_from([0, 1, 7, 8, 40, 127, 128, 129, 136, 300]), st.sampled_from([b"", b".", b", "]))
    ),
    st.sampled_from([40, 41, 128, 129, 135, 200, 257, 300]),
)
def test_no_stretch_stands_between_the_characters_looked_at(pieces: list[tuple[int, bytes]], least: int) -> None:
    text = b"".join(b"a" * size + behind for size, behind in pieces)
    text += b"abc, " * (shares.SHORT // 5)
    for whole in (text, text[1:], text[5:]):
        assert list(stretches(whole, table(LETTERS), least)) == list(_stretches(whole, table(LETTERS), least))
