"""Do bytes look compressed or encrypted? For formats whose own data never does: outlines, code, tables of numbers.

Whoever wants to carry a picture in bytes that every reader skips has to compress it, encrypt it or leave it raw. The
first two show in how evenly the bytes are spread; the search for known magics finds what is not disguised at all.
"""

from itertools import pairwise

import numpy as np

BLOCK = 4_096
# bits a byte over one block. Random bytes have 7.955 on average, JPEG and deflate 7.9; the densest outlines of the
# fonts that Linux distributions ship have 7.2, compiled code 6.9
ENTROPY = 7.8
_BATCH = 256  # blocks measured at once: 8 MB of counters

# p log2 p of every count that a byte may have in a block
_SHARES = np.arange(BLOCK + 1) / BLOCK
_TERMS = -_SHARES * np.log2(np.where(_SHARES > 0, _SHARES, 1))


def packed(data: bytes | memoryview, run: int = BLOCK, entropy: float = ENTROPY) -> bool:
    """Whether `run` bytes in a row are as dense as compressed ones. Shorter data is never packed."""
    return longest(data, entropy) >= run


def longest(data: bytes | memoryview, entropy: float = ENTROPY) -> int:
    """Bytes in the longest row of dense blocks."""
    count = len(data) // BLOCK
    if not count:
        return 0
    blocks = np.frombuffer(data, np.uint8, count * BLOCK).reshape(count, BLOCK)
    dense = np.zeros(count + 2, bool)
    for first in range(0, count, _BATCH):
        batch = blocks[first : first + _BATCH]
        rows = np.arange(len(batch))[:, None] * 256
        counts = np.bincount((batch + rows).ravel(), minlength=256 * len(batch)).reshape(-1, 256)
        dense[first + 1 : first + 1 + len(batch)] = _TERMS[counts].sum(axis=1) >= entropy
    ends = np.flatnonzero(dense[1:] != dense[:-1]).tolist()
    return BLOCK * max((end - start for start, end in list(pairwise(ends))[::2]), default=0)
