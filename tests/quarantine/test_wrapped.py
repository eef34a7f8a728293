import re
from pathlib import Path

import facegate
from facegate.quarantine.wrapped import SETTINGS

SOURCES = Path(facegate.__file__).parent


def test_whoever_wraps_is_known_to_the_rotation() -> None:
    """A new one has to be in `wrapped`, and in the test of a rotation that looks through the whole database."""
    found = {
        path.relative_to(SOURCES).as_posix()
        for path in SOURCES.rglob("*.py")
        if re.search(r"^(?!def ).*\bwrap\(", path.read_text(), re.MULTILINE)
    }
    derived = {"samples/store.py"}  # wraps under a key derived from a secret of `wrapped`, which stays the same
    assert found - derived == {"quarantine/vault.py", "quarantine/rotation.py", "state/secret.py"}


def test_the_settings_have_the_names_that_they_are_kept_under() -> None:
    assert all(f'"{name}"' in (SOURCES / "state" / "secret.py").read_text() for name in SETTINGS)
