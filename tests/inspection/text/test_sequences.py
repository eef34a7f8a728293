import random

import numpy as np
import pytest
from facegate_addons.inspection.text.sequences import (
    HEADS,
    LEAST,
    STRIDES,
    WINDOW,
    _evenly,
    beginning,
    found,
    found_near,
    unexplained,
)
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

RANDOM = random.Random(4)
GZIP = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + RANDOM.randbytes(1_500)


def strided(data: bytes, every: int, other: int = 7) -> NDArray[np.int16]:
    values = np.full(len(data) * every + 5, other, np.int16)
    values[5::every] = np.frombuffer(data, np.uint8)
    return values


@pytest.mark.parametrize("every", [1, 2, 5, 12])
def test_what_begins_at_a_stride_is_found(every: int) -> None:
    assert [data[: len(GZIP)] for data in found(strided(GZIP, every))] == [GZIP]


def test_at_a_larger_one_it_is_not() -> None:
    assert not list(found(strided(GZIP, 13)))


def test_what_cannot_be_a_byte_is_left_out() -> None:
    values = np.frombuffer(GZIP, np.uint8).astype(np.int16)
    assert [data[: len(GZIP)] for data in found(np.insert(values, [20, 400, 1_000], [-1, 300, 999]))] == [GZIP]


def test_few_numbers_are_none() -> None:
    assert not list(found(np.frombuffer(GZIP[: LEAST - 1], np.uint8).astype(np.int16)))
    assert beginning(np.zeros(9, np.int16)).shape == (3, 0)


def test_the_steps_of_a_beginning_may_differ() -> None:
    values = np.frombuffer(RANDOM.randbytes(2_000), np.uint8).astype(np.int16)
    values[[1_000, 1_002, 1_009]] = list(HEADS[0][:3])
    assert [1_000, 1_002, 1_009] in beginning(values, evenly=False).T.tolist()
    assert [1_000, 1_002, 1_009] not in beginning(values).T.tolist()


@pytest.mark.parametrize("every", [1, 3, 12])
def test_random_bytes_are_unexplained(every: int) -> None:
    data = RANDOM.randbytes(2 * WINDOW)
    (column,) = unexplained(strided(data, every))
    assert data[:WINDOW] in column


def test_tables_are_not() -> None:
    gauss = np.array([int(RANDOM.gauss(128, 40)) & 255 for _ in range(3 * WINDOW)], np.int16)
    larger = np.array([RANDOM.randrange(300) for _ in range(3 * WINDOW)], np.int16)
    short = np.frombuffer(RANDOM.randbytes(WINDOW - 1), np.uint8).astype(np.int16)
    counter = (np.arange(3 * WINDOW) * 31 % 256).astype(np.int16)
    box = np.tile(np.array(RANDOM.sample(range(256), 256), np.int16), 3 * WINDOW // 256)
    for table in (gauss, larger, short, counter, box):
        assert not list(unexplained(table))


@given(
    st.lists(st.tuples(st.sampled_from(HEADS), st.integers(1, STRIDES), st.integers(0, 2_000)), max_size=20),
    st.integers(0, 1_000),
)
def test_what_begins_evenly_is_among_what_begins_anyhow(planted: list[tuple[bytes, int, int]], seed: int) -> None:
    values = np.random.default_rng(seed).integers(-1, 300, 2_000).astype(np.int16)
    for head, step, at in planted:
        places = np.arange(at, len(values), step)[: len(head)]
        values[places] = np.frombuffer(head, np.uint8)[: len(places)]
    near = beginning(values, evenly=False)
    assert np.array_equal(_evenly(values, near), beginning(values))
    assert list(found_near(values, near)) == list(found(values))
