from facegate.quarantine.traces import is_trace, trace

DIGEST = "ab" * 32


def test_a_trace_is_matched_by_who_has_the_secret_and_by_nobody_else() -> None:
    left = trace(b"secret", DIGEST)
    assert left == trace(b"secret", DIGEST)
    assert left not in (trace(b"another", DIGEST), trace(b"secret", "cd" * 32))
    assert DIGEST not in left
    assert is_trace(left)
    assert not is_trace(DIGEST)
