import gzip
import zlib

import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Spent
from facegate_addons.inspection.containers import decoders


def test_where_a_stream_ends() -> None:
    first, second = gzip.compress(b"one"), gzip.compress(b"two")
    out = bytearray()
    end = decoders.whole(decoders.gzip_member(first + second, 0), Budget(Limits()), out)
    assert end == len(first)
    end = decoders.whole(decoders.gzip_member(first + second, end), Budget(Limits()), out)
    assert end == len(first + second)
    assert out == b"onetwo"


def test_steps_are_small() -> None:
    packed = zlib.compress(bytes(30 << 20))
    assert max(map(len, decoders.zlib_stream(packed, 0))) <= 1 << 20
    assert sum(map(len, decoders.zlib_stream(packed, 0))) == 30 << 20


def test_the_budget_ends_it() -> None:
    with pytest.raises(Spent) as spent:
        decoders.whole(
            decoders.zlib_stream(zlib.compress(bytes(5 << 20)), 0), Budget(Limits(decoded=1 << 20)), bytearray()
        )
    assert spent.value.why is Reason.LIMIT_DECODED


def test_cut_off() -> None:
    with pytest.raises(decoders.Truncated):
        list(decoders.deflate(b"", 0))
