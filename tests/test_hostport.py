import pytest
from facegate.errors import ConfigError
from facegate.hostport import host_port, parse_host_port, port_ranges


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


@pytest.mark.parametrize("port", ["0", "80-", "²", "90-80", "65536", "1-65536", "-1", "a-b", 0])
def test_port_ranges_refuse(port: int | str) -> None:
    with pytest.raises(ValueError, match="is no port"):
        port_ranges([port])


def test_port_ranges() -> None:
    assert port_ranges([80, "8000-8001"]) == [range(80, 81), range(8000, 8002)]
