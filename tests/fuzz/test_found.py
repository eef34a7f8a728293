"""What `make fuzz` has found: each of it holds the invariant now. A file is named TARGET.DIGEST."""

import pytest
from fuzz.run import FOUND
from fuzz.targets import TARGETS

CASES = sorted(FOUND.iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_found_is_mended(case) -> None:
    name, _, _ = case.name.rpartition(".")
    assert TARGETS[name].broken(case.read_bytes()) == ""
