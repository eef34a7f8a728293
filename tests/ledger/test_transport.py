import ssl
from pathlib import Path

import pytest
from facegate.ledger.destination import Destination
from facegate.ledger.transport import Transport
from ledger.receivers import Datagrams, Stream
from live.authority import Authority

MESSAGES = [b"<134>1 - h facegate - - - {}", "<134>1 - - - - - - 漢字\n12 ".encode(), b"x" * 300_000]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def test_tcp_and_tls_frame_each_message(authority: Authority) -> None:
    for kind, tls in (("tcp", None), ("tls", authority.server())):
        with Stream(tls) as receiver:
            transport = Transport(Destination(kind, "127.0.0.1", receiver.port), str(authority.pem) if tls else "")
            transport.send(MESSAGES)
            transport.send([b"last"])
            assert receiver.wait(4) == [*MESSAGES, b"last"]
            transport.close()


def test_a_receiver_that_was_restarted_loses_nothing() -> None:
    with Stream() as receiver:
        transport = Transport(Destination("tcp", "127.0.0.1", receiver.port))
        transport.send([b"1"])
        receiver.wait(1)
        port = receiver.port
    with pytest.raises(OSError, match=r"."):
        transport.send([b"2"])
    with pytest.raises(ConnectionRefusedError):
        transport.send([b"2"])
    with Stream(port=port) as receiver:
        transport.send([b"2"])
        assert receiver.wait(1) == [b"2"]
        transport.close()


def test_a_certificate_of_somebody_else_is_not_taken(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")
    with Stream(authority.server()) as receiver:
        for ca in ("", str(other.pem)):
            with pytest.raises(ssl.SSLCertVerificationError):
                Transport(Destination("tls", "127.0.0.1", receiver.port), ca).send([b"secret"])
        assert receiver.messages == []


def test_datagrams(tmp_path: Path) -> None:
    with Datagrams() as receiver:
        transport = Transport(Destination("udp", "127.0.0.1", receiver.port))
        transport.send([b"1", b"2"])
        assert receiver.wait(2) == [b"1", b"2"]
        transport.close()
    path = tmp_path / "log"
    with Datagrams(path) as receiver:
        transport = Transport(Destination("unix", str(path)))
        transport.send([b"3"])
        assert receiver.wait(1) == [b"3"]
        transport.close()
    path.unlink()
    with pytest.raises(FileNotFoundError):
        transport.send([b"4"])
