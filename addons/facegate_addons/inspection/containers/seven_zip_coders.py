"""The methods of a 7z archive, each from bytes to bytes of a stated size, under the budget.

The library's own decoders of several methods do not bound their output, so only the reading of its records and its
filters for machine code are used here.
"""

import lzma
from collections.abc import Callable

import numpy as np
from py7zr import compressor as library

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.containers import decoders

DICTIONARY = 96 << 20  # bytes; a larger one is needed for what holds more than that, and is refused
_AES = (b"\x06\xf1\x07\x01", b"\x06\xf1\x01\x01", b"\x06\xf1\x03\x03")


def undo(method: bytes, properties: bytes, data: bytes, size: int, budget: Budget) -> tuple[bytes, bytes]:
    """`size` bytes, and what of `data` was not needed for them."""
    if method in _AES:
        raise Unread(Reason.ENCRYPTED, "7z")
    if method == b"\0":
        return data[:size], data[size:]
    if code := _FILTERS.get(method):
        budget.decoded(len(data))
        return code(data, properties), b""
    out = bytearray()
    if method == b"\x03\x01\x01":
        # as a .lzma file; no more dictionary than there is to remember
        dictionary = min(int.from_bytes(properties[1:5], "little"), max(size, 4096))
        head = properties[:1] + dictionary.to_bytes(4, "little") + size.to_bytes(8, "little")
        data = head + data
        end = decoders.whole(decoders.lzma_alone(data, 0), budget, out)
    elif method == b"\x21":
        end = decoders.whole(_lzma2(data, properties[0], size), budget, out)
    elif decoder := _DECODERS.get(method):
        end = decoders.whole(decoder(data, 0), budget, out)
    else:
        raise Unread(Reason.UNSUPPORTED_TYPE, "7z method")
    return bytes(out), data[end:]


_DECODERS: dict[bytes, decoders.Decoder] = {
    b"\x04\x01\x08": decoders.deflate,
    b"\x04\x02\x02": decoders.bzip2,
    b"\x04\xf7\x11\x01": decoders.zstd_frame,
}


def _lzma2(data: bytes, bits: int, size: int) -> decoders.Steps:
    dictionary = min((2 | bits & 1) << (bits // 2 + 11), max(size, 4096))
    if dictionary > DICTIONARY:
        raise Unread(Reason.LIMIT_MEMORY, "dictionary")
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": dictionary}]
    return decoders.sipped(lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters), data, 0)


def _delta(data: bytes, properties: bytes) -> bytes:
    """Each byte was written as its difference from the one so many before it."""
    values, step = np.frombuffer(data, np.uint8).copy(), properties[0] + 1
    for lane in range(min(step, len(values))):
        values[lane::step] = np.add.accumulate(values[lane::step], dtype=np.uint8)
    return values.tobytes()


def _code(filter_of: Callable[[int], library.ISevenZipDecompressor]) -> Callable[[bytes, bytes], bytes]:
    return lambda data, _: filter_of(len(data)).decompress(data)


_FILTERS: dict[bytes, Callable[[bytes, bytes], bytes]] = {
    b"\x03": _delta,
    b"\x03\x03\x01\x03": _code(library.BCJDecoder),
    b"\x03\x03\x02\x05": _code(library.BcjPpcDecoder),
    b"\x03\x03\x05\x01": _code(library.BcjArmDecoder),
    b"\x03\x03\x07\x01": _code(library.BcjArmtDecoder),
    b"\x03\x03\x08\x05": _code(library.BcjSparcDecoder),
}
