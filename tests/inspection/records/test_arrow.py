import io
import random
import struct
from collections.abc import Callable

import pyarrow as pa
import pyarrow.feather
import pytest
from facegate_addons.detection.picture import Detector
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.walk import inspect

Look = Callable[..., Verdict]
Write = Callable[..., bytes]


def file(table: pa.Table, compression: str | None = None) -> bytes:
    out = io.BytesIO()
    with pa.ipc.new_file(out, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table, 2)
    return out.getvalue()


def stream(table: pa.Table, compression: str | None = None) -> bytes:
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table, 2)
    return out.getvalue()


def feather(table: pa.Table, compression: str | None = None) -> bytes:
    out = io.BytesIO()
    pyarrow.feather.write_feather(table, out, compression=compression or "uncompressed")
    return out.getvalue()


@pytest.mark.parametrize("write", [file, stream, feather])
@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_every_value_is_looked_at(
    look: Look, face_jpeg: bytes, plain_jpeg: bytes, write: Write, compression: str | None
) -> None:
    for picture, verdict in ((face_jpeg, Faces), (plain_jpeg, Clear)):
        rows = [plain_jpeg, None, b"words", picture]
        table = pa.table({"id": range(4), "image": [{"bytes": row} for row in rows], "name": ["a", "b", "a", None]})
        table = table.append_column("of", table["name"].dictionary_encode())
        assert isinstance(look(write(table, compression)), verdict)


def test_an_ordinary_table_is_clear(look: Look) -> None:
    rows = 1_000
    table = pa.table({"id": range(rows), "price": [0.5] * rows, "name": [f"row {row}" for row in range(rows)]})
    for write in (file, stream, feather):
        assert look(write(table)) == Clear("arrow")


def test_metadata_counts(look: Look, face_as: Callable[..., bytes]) -> None:
    table = pa.table({"a": [1]}).replace_schema_metadata({"note": face_as(size=(120, 120))})
    assert isinstance(look(file(table)), Faces)


def test_what_stands_behind_counts(look: Look, face_jpeg: bytes) -> None:
    body = stream(pa.table({"a": ["words"]}))
    assert isinstance(look(body + face_jpeg), Faces)
    assert isinstance(look(body + bytes(range(7, 250)) * 3), Unreadable)


def test_an_index_that_leaves_a_batch_out_is_unreadable(look: Look) -> None:
    body = file(pa.table({"a": ["a", "b", "c", "d"]}))
    size = int.from_bytes(body[-10:-6], "little")
    footer = body[-10 - size : -10]
    at = footer.index(struct.pack("<I", 2) + struct.pack("<q", body.index(b"\xff\xff\xff\xff", 16)))
    fewer = footer[:at] + struct.pack("<I", 1) + footer[at + 4 :]
    assert look(body[: -10 - size] + fewer + body[-10:]) == Unreadable(Reason.UNDECODABLE, "arrow index")


def test_a_bomb_is_not_decompressed(blind: Detector) -> None:
    body = stream(pa.table({"a": [bytes(30_000_000)]}), "zstd")
    assert len(body) < 100_000
    assert inspect(Payload(body), blind, Limits(decoded=10_000_000)) == Unreadable(Reason.LIMIT_DECODED)


def test_a_tensor_is_unsupported(look: Look) -> None:
    import numpy as np

    out = pa.BufferOutputStream()
    pa.ipc.write_tensor(pa.Tensor.from_numpy(np.zeros((64, 64), np.uint8)), out)
    assert look(out.getvalue().to_pybytes()) == Unreadable(Reason.UNSUPPORTED_TYPE, "arrow")


@pytest.mark.parametrize("seed", range(40))
def test_broken_ones_break_nothing(blind: Detector, seed: int) -> None:
    table = pa.table(
        {
            "a": ["words", "more", None] * 20,
            "b": [[b"x"], [], None] * 20,
            "c": pa.array(["a", "b", "c"] * 20).dictionary_encode(),
        }
    )
    body = bytearray(stream(table))
    chance = random.Random(seed)
    for _ in range(10):
        body[chance.randrange(4, len(body))] = chance.randrange(256)
    verdict = inspect(Payload(bytes(body)), blind, Limits())
    assert not isinstance(verdict, Unreadable) or verdict.why is not Reason.INSPECTION_FAILED


def test_a_cut_one_is_unreadable(look: Look) -> None:
    for write in (file, stream):
        body = write(pa.table({"a": ["words"] * 100}))
        for size in (len(body) // 2, len(body) - 20):
            assert isinstance(look(body[:size]), Unreadable)
