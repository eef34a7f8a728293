import pytest
from facegate.errors import ConfigError
from facegate.sections import Console
from facegate.tables import fill


def test_a_mistake_is_the_operators():
    assert fill(Console, {"port": 9}, "f.toml") == Console(port=9)
    with pytest.raises(ConfigError, match=r"^f.toml: unknown key prot; did you mean port\?$"):
        fill(Console, {"prot": 9}, "f.toml")
