import pytest
from facegate.errors import ConfigError
from facegate.hostport import host_port, parse_host_port


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("[::1]:8080", ("::1", 8080)),
        (":8080", ("127.0.0.1", 8080)),
        ("localhost:0", ("localhost", 0)),
    ],
)
def test_what_people_write(text: str, pair: tuple[str, int]) -> None:
    assert parse_host_port(text, "--listen") == pair


@pytest.mark.parametrize(
    "text", ["8080", "host", "host:", "host:http", "host:65536", "host:-1", "host:²", "host:" + "9" * 5000, ""]
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(ConfigError, match=r"--listen: write HOST:PORT, like 127\.0\.0\.1:8080, not "):
        parse_host_port(text, "--listen")


@pytest.mark.parametrize("text", ["127.0.0.1:8080", "[::1]:8080"])
def test_written_back(text: str) -> None:
    assert host_port(*parse_host_port(text, "--listen")) == text
