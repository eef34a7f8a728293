import os
import zlib

from facegate_addons.inspection.documents.packed import BLOCK, longest, packed


def test_compressed_and_encrypted_bytes_are_packed(face_jpeg: bytes) -> None:
    assert packed(os.urandom(BLOCK))
    assert packed(face_jpeg)
    assert packed(zlib.compress(b"".join(str(n * n).encode() for n in range(20_000))))


def test_text_code_and_tables_are_not() -> None:
    assert not packed(b"")
    assert not packed(os.urandom(BLOCK - 1))
    assert not packed(bytes(range(256)) * 2 + b"words and words " * 1_000)
    assert not packed(b"".join((n * 7).to_bytes(2, "big") for n in range(9_000)))


def test_the_longest_row_counts() -> None:
    data = os.urandom(2 * BLOCK) + bytes(BLOCK) + os.urandom(3 * BLOCK) + bytes(BLOCK) + os.urandom(BLOCK)
    assert longest(data) == 3 * BLOCK
    assert not packed(data, 4 * BLOCK)
    assert longest(os.urandom(600 * BLOCK)) == 600 * BLOCK  # rows go on from batch to batch
