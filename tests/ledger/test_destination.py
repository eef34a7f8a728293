import pytest
from facegate.ledger.destination import Destination, destination


@pytest.mark.parametrize(
    ("text", "found", "spelled"),
    [
        ("udp://siem.example", Destination("udp", "siem.example", 514), "udp://siem.example:514"),
        ("tcp://10.0.0.1:1514/", Destination("tcp", "10.0.0.1", 1514), "tcp://10.0.0.1:1514"),
        ("tls://[2001:db8::1]", Destination("tls", "2001:db8::1", 6514), "tls://[2001:db8::1]:6514"),
        ("unix:/dev/log", Destination("unix", "/dev/log"), "unix:/dev/log"),
    ],
)
def test_places(text: str, found: Destination, spelled: str) -> None:
    assert destination(text) == found
    assert str(found) == spelled


@pytest.mark.parametrize(
    "text",
    ["siem:514", "http://siem", "tcp://", "tcp://user:secret@siem", "tcp://siem:0", "tcp://siem:65536", "tcp://siem:514/x",
     "unix:log", "unix:/a\0b", "tcp://a b", "tcp://siem\n", "tls://siem:6514?x"],
)  # fmt: skip
def test_no_places(text: str) -> None:
    with pytest.raises(ValueError, match="write") as refused:
        destination(text)
    assert "secret" not in str(refused.value)
