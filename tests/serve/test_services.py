import contextlib
import socket

import pytest
from facegate.sections import State
from facegate.serve.services import Services
from facegate_addons.domain.addresses import Egress
from facegate_addons.domain.reasons import Reason
from live.redis_server import free_port


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("sqlite:", set()),
        ("redis://127.0.0.1", {("127.0.0.1", 6379)}),
        ("rediss://:secret@[::1]:7000/1", {("::1", 7000)}),
        ("redis://[::ffff:10.0.0.9]:6379", {("10.0.0.9", 6379)}),
        ("redis://nowhere.invalid:6379", {("", 6379)}),
    ],
)
def test_each_host_of_the_state_by_its_addresses(url: str, found: set[tuple[str, int]]) -> None:
    assert Services(State(url)).look() == found


def test_one_that_is_written_as_mapped_is_refused_in_either_form() -> None:
    egress = Egress(True, [range(1, 65536)], services=Services(State("redis://[::ffff:10.0.0.9]:6379")).look())
    for asked in ("10.0.0.9", "::ffff:10.0.0.9"):
        assert egress.judge(asked, 6379, lambda _address: False) is Reason.ADDRESS_REFUSED


def test_sentinels_that_nobody_can_ask_are_protected_themselves(caplog: pytest.LogCaptureFixture) -> None:
    one, two = free_port(), free_port()
    services = Services(State(f"redis+sentinel://:S3CRET@127.0.0.1:{one},127.0.0.2:{two}/main"))
    assert services.look() == services.look() == {("127.0.0.1", one), ("127.0.0.2", two)}
    assert len(caplog.messages) == 1
    assert "cannot be reached" in caplog.text
    assert "S3CRET" not in caplog.text


def test_a_name_that_moves_is_followed_and_one_that_is_gone_stays(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    names: dict[str, str] = {}

    def look_up(host: str, port: int, **_how: object) -> list[object]:  # names change here as no real one does
        with contextlib.suppress(KeyError):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (names[host], port))]
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    services = Services(State("redis://redis.internal"))
    assert services.look() == {("", 6379)}
    for address in ("10.0.0.9", "10.0.0.10"):
        names["redis.internal"] = address
        assert services.look() == {(address, 6379)}
    del names["redis.internal"]
    assert services.look() == services.look() == {("10.0.0.10", 6379)}
    said = "state.url: redis.internal has no address now; where it is stays refused to crawlers as it was known before"
    assert caplog.messages == [said, said]
