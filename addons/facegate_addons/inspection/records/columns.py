"""Arrow arrays, down to the values that may be a picture, or a piece of one."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as is_

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection import inside
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Note, Piece
from facegate_addons.inspection.records.leaves import FEW, LISTED, NUMBERS, Leaves

_BYTES = (
    is_.is_binary, is_.is_large_binary, is_.is_fixed_size_binary, is_.is_binary_view,
    is_.is_string, is_.is_large_string, is_.is_string_view,
)  # fmt: skip
_LISTS = (is_.is_list, is_.is_large_list, is_.is_fixed_size_list)
HIDDEN = 256  # bytes of a buffer that no value uses: padding
_INDEX = 8  # bytes of the number of a row
_SLICE = 4_096  # values turned into Python's own at once


class Columns:
    """Numbers, one a row, are what tables are made of: they pass, unless their bytes hold a known picture."""

    def __init__(self, leaves: Leaves, budget: Budget):
        self._leaves, self._budget = leaves, budget
        self._dictionaries: set[tuple[int, int]] = set()
        self._numbers: dict[str, bytearray] = {}
        self._listed = 0

    def batch(self, batch: pa.RecordBatch) -> Iterator[Piece]:
        for index, column in enumerate(batch.columns):
            yield from self.array(column, str(index))

    def array(self, array: pa.Array, path: str) -> Iterator[Piece]:
        self._budget.tick()
        kind = array.type
        if len(array) == 0 or is_.is_null(kind):
            return
        if isinstance(array, pa.ExtensionArray):
            yield from self.array(array.storage, path)
        elif is_.is_dictionary(kind):
            yield from self._dictionary(array, path)
        elif any(is_kind(kind) for is_kind in _BYTES):
            yield from self._bytes(array)
        elif any(is_kind(kind) for is_kind in _LISTS):
            yield from self._lists(array, path)
        elif is_.is_map(kind):
            yield from self.array(array.keys, f"{path}.key")
            yield from self.array(array.items, f"{path}.item")
        elif is_.is_struct(kind):
            for index in range(kind.num_fields):
                yield from self.array(array.field(index), f"{path}.{index}")
        elif is_.is_primitive(kind) or is_.is_decimal(kind):
            for buffer in array.buffers()[1:]:
                self._keep(buffer, path)
        else:  # unions, views of lists, runs: nobody puts them into files yet
            yield Unread(Reason.UNSUPPORTED_TYPE, "arrow")

    def close(self) -> Iterator[Piece]:
        for data in self._numbers.values():
            if inside.find_picture(numbers := bytes(data)) >= 0:
                yield Note(numbers, "numbers")
        yield from self._leaves.close()

    def _keep(self, buffer: pa.Buffer | None, path: str) -> None:
        if buffer is not None:
            self._budget.decoded(buffer.size)
            self._numbers.setdefault(path, bytearray()).extend(buffer)

    def _bytes(self, array: pa.Array) -> Iterator[Piece]:
        used = 0
        for begin in range(0, len(array), _SLICE):
            self._budget.tick()
            for value in array.slice(begin, _SLICE).cast(pa.large_binary()).to_pylist():
                if value:
                    used += len(value)
                    yield from self._leaves.add(value)
        for buffer in array.buffers()[1 if is_.is_fixed_size_binary(array.type) else 2 :]:
            # a reader of buffers sees what stands under an empty value, or between two
            if buffer is not None and buffer.size > used + HIDDEN:
                self._budget.decoded(buffer.size)
                yield Note(buffer.to_pybytes(), "unused values")

    def _dictionary(self, array: pa.Array, path: str) -> Iterator[Piece]:
        values = array.dictionary
        place = next((buffer.address for buffer in reversed(values.buffers()) if buffer is not None), 0)
        if (place, len(values)) not in self._dictionaries:
            self._dictionaries.add((place, len(values)))
            yield from self.array(values, path)
        for buffer in array.indices.buffers()[1:]:
            self._keep(buffer, f"{path}.index")

    def _lists(self, array: pa.Array, path: str) -> Iterator[Piece]:
        """Of numbers: how many a row has, however deep. A picture is a list of rows, or of rows of colours."""
        flat = array.flatten()
        self._budget.decoded(_INDEX * len(flat))  # a list of nothing but nulls has no bytes, and any length
        parents = pc.list_parent_indices(array).to_numpy()
        while any(is_kind(flat.type) for is_kind in _LISTS):
            self._budget.decoded(_INDEX * len(flat.flatten()))
            parents = parents[pc.list_parent_indices(flat).to_numpy()]
            flat = flat.flatten()
        if not is_.is_primitive(flat.type) or is_.is_temporal(flat.type):
            yield from self.array(array.values, f"{path}.item")
            return
        self._keep(flat.buffers()[1], path)
        counts = np.bincount(parents) if len(parents) else np.zeros(1, int)
        self._listed += int(counts[counts >= FEW].sum())
        if counts.max() >= NUMBERS or self._listed >= LISTED:
            yield Unread(Reason.UNSUPPORTED_TYPE, "numbers")
