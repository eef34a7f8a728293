import io
import random
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from facegate_addons.detection.picture import Detector
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.walk import inspect

Look = Callable[..., Verdict]


def written(table: pa.Table, **options: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def pictures(*values: bytes) -> pa.Table:
    return pa.table({"id": range(len(values)), "image": [{"bytes": value, "path": "a.jpg"} for value in values]})


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "brotli", "lz4"])
def test_a_data_set_of_pictures(look: Look, face_jpeg: bytes, plain_jpeg: bytes, compression: str) -> None:
    for picture, verdict in ((face_jpeg, Faces), (plain_jpeg, Clear)):
        body = written(
            pictures(plain_jpeg, plain_jpeg[:-2] + b"\xff\xd9", picture), compression=compression, row_group_size=2
        )
        assert isinstance(look(body), verdict)


@pytest.mark.parametrize(
    "options", [{}, {"write_page_index": True}, {"data_page_version": "2.0"}, {"use_dictionary": False}]
)
def test_an_ordinary_table_is_clear(look: Look, options: dict[str, object]) -> None:
    rows = 3_000
    table = pa.table(
        {
            "id": range(rows),
            "name": [f"row {number % 50}" for number in range(rows)],
            "price": [number / 7 for number in range(rows)],
            "tags": [["a", "b"]] * rows,
            "place": [{"at": [1.5, 2.5]}] * rows,
            "when": pa.array(range(rows), pa.timestamp("ms")),
        }
    )
    assert look(written(table, row_group_size=1_000, **options)) == Clear("parquet")


def test_metadata_counts(look: Look, face_as: Callable[..., bytes]) -> None:
    table = pa.table({"a": [1]}).replace_schema_metadata({"note": face_as(size=(120, 120))})
    assert isinstance(look(written(table)), Faces)


def test_bytes_between_the_columns_count(look: Look, face_jpeg: bytes) -> None:
    body = written(pa.table({"a": ["words"]}))
    size = int.from_bytes(body[-8:-4], "little")
    at = len(body) - 8 - size
    assert isinstance(look(body[:at] + face_jpeg + body[at:]), Faces)
    assert isinstance(look(body[:at] + bytes(range(7, 250)) * 3 + body[at:]), Unreadable)


def test_rows_of_pixels_are_unreadable(look: Look) -> None:
    body = written(pa.table({"image": [[[7] * 32] * 32]}))
    assert look(body) == Unreadable(Reason.UNSUPPORTED_TYPE, "numbers")


def test_a_picture_cut_into_rows_is_not_clear(look: Look, face_jpeg: bytes) -> None:
    for step in (30, 2_000):
        rows = [face_jpeg[at : at + step] for at in range(0, len(face_jpeg), step)]
        assert not isinstance(look(written(pa.table({"a": rows}))), Clear)


def test_a_dictionary_bomb_ends_in_little_memory(blind: Detector) -> None:
    value = "words " * 100_000
    array = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), pa.array([value]))
    body = written(pa.table({"b": array}), store_schema=False)
    assert len(body) < 1_000_000
    assert inspect(Payload(body), blind, Limits()) == Unreadable(Reason.LIMIT_DECODED)


def test_a_page_bomb_is_not_decompressed(blind: Detector) -> None:
    body = written(pa.table({"a": [bytes(30_000_000)]}), compression="zstd")
    assert len(body) < 100_000
    assert inspect(Payload(body), blind, Limits(decoded=10_000_000)) == Unreadable(Reason.LIMIT_DECODED)


def test_encrypted(look: Look) -> None:
    assert look(b"PARE" + bytes(100) + b"PARE") == Unreadable(Reason.ENCRYPTED, "parquet")


@pytest.mark.parametrize("seed", range(20))
def test_broken_ones_break_nothing(blind: Detector, plain_jpeg: bytes, seed: int) -> None:
    body = bytearray(written(pictures(plain_jpeg), compression="snappy"))
    chance = random.Random(seed)
    for _ in range(30):
        body[chance.randrange(4, len(body) - 4)] ^= 1 << chance.randrange(8)
    verdict = inspect(Payload(bytes(body)), blind, Limits())
    assert isinstance(verdict, Clear | Unreadable)
    assert not isinstance(verdict, Unreadable) or verdict.why is not Reason.INSPECTION_FAILED


def test_a_cut_one_is_unreadable(look: Look, plain_jpeg: bytes) -> None:
    body = written(pictures(plain_jpeg))
    assert isinstance(look(body[:-1]), Unreadable)
    assert isinstance(look(body[:1000]), Unreadable)
    assert isinstance(look(b"PAR1"), Unreadable)
