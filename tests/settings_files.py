"""A facegate.toml with a mistake in it."""

from pathlib import Path

import pytest
from facegate.config import load
from facegate.errors import ConfigError


def loading(tmp_path: Path, text: str) -> str:
    """The one line that loading `text` ends with."""
    path = tmp_path / "facegate.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}: ")
