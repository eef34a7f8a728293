import itertools
import random
import time

import pytest
from facegate_addons.inspection.text.script import LEAST, WINDOW, in_made_up_letters, made_up

NOISE = random.Random(7).randbytes(6_000)
ALPHABETS = {
    "Chinese": 0x4E00,
    "Hangul": 0xAC00,
    "braille": 0x2800,
    "box drawing": 0x2500,
    "emoji": 0x1F300,
    "Latin letters with marks": 0x100,
}


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("line", [10, 76, 100_000])
def test_bytes_one_a_character(alphabet: str, line: int) -> None:
    letters = "".join(chr(ALPHABETS[alphabet] + byte) for byte in NOISE)
    assert made_up("\n".join(letters[at : at + line] for at in range(0, len(letters), line)))


def test_fewer_or_more_bits_a_character() -> None:
    assert made_up("".join(chr(0x430 + byte % 32) for byte in NOISE))
    assert made_up("".join(chr(0x4E00 + byte * 64 + other % 64) for byte, other in itertools.pairwise(NOISE)))


def test_a_long_text_is_judged_to_its_end() -> None:
    words = "Все люди рождаются свободными и равными в своём достоинстве и правах. " * 30_000
    assert not made_up(words)
    assert made_up(words + "".join(chr(0x4E00 + byte) for byte in NOISE))


def test_pixels_without_a_break() -> None:
    assert made_up("░▒▓█" * WINDOW)
    assert not made_up("░▒▓█ \n" * WINDOW)


def test_few_characters_are_not_judged() -> None:
    assert not made_up("".join(chr(0x4E00 + byte) for byte in NOISE[: LEAST - 1]))


def test_writing_in_which_some_characters_are_frequent() -> None:
    """Zipf's law, of words and of Chinese characters alike: the n-th most frequent is used about 1/n as often."""
    choose = random.Random(4).choices
    for first, letters in ((0x4E00, 3_500), (0xAC00, 1_200), (0x0E01, 58), (0x0430, 33), (0x0620, 40)):
        drawn = choose(range(first, first + letters), [1 / rank for rank in range(1, letters + 1)], k=50_000)
        text = "".join(map(chr, drawn))
        assert not made_up("。".join(text[at : at + 30] for at in range(0, len(text), 30)))


def test_lists_of_words() -> None:
    letters = "абвгдежзийклмнопрстуфхцчшщьюяєії"
    weights = [(1 - n / 34) ** 1.6 for n in range(32)]  # as even as the letters of words in a list are
    assert not made_up(", ".join("".join(random.Random(n).choices(letters, weights, k=6)) for n in range(700)))


def test_rows_that_repeat_themselves() -> None:
    assert not made_up("人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。\n" * 200)
    assert not made_up(
        "".join(f"<li>商品编号 {n} 现货供应,立即购买或加入购物车。免费送货,支持七天无理由退换</li>" for n in range(200))
    )


def test_time_grows_with_the_text_alone() -> None:
    words = "".join(
        map(chr, random.Random(4).choices(range(0x4E00, 0x5200), [1 / n for n in range(1, 1025)], k=WINDOW))
    )
    started = time.perf_counter()
    assert not made_up((words[:-1] + "。") * 500)  # each run is one character short of being withheld
    assert time.perf_counter() - started < 2.0  # 6 MB; 0.1 s; 70 s where each run is tried at each of its characters


def test_tables_of_characters() -> None:
    """A charset's rows, some out of order; and each character of a set beside its name."""
    draw = random.Random(5)
    han = [chr(point) for point in range(0x4E00, 0x9FA5)]
    strokes = sorted(han, key=lambda character: (draw.randrange(20), character))
    for rows in (han, strokes, han[:2_000]):
        assert not made_up("\n".join(f'["{n:x}","{"".join(rows[n : n + 190])}"],' for n in range(0, len(rows), 190)))
    names = ("".join(draw.choices("aeioutnrsl", k=7)) for _ in range(3_000))
    assert not made_up("".join(f'{name}:"{chr(draw.randrange(0xC0, 0x2FF))}",' for name in names))
    assert made_up("".join(f'a:"{chr(0x100 + byte)}",' for byte in NOISE))


def test_bytes_are_judged_as_their_characters_are() -> None:
    letters = "".join(chr(0x4E00 + byte) for byte in NOISE).encode()
    assert in_made_up_letters(letters)
    assert in_made_up_letters(b"\xff" + letters)
    assert not in_made_up_letters(letters[: 2 * LEAST])
    assert not in_made_up_letters(b"plain words" * 1_000)
