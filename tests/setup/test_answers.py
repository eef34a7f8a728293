import getpass
import ipaddress

import pytest
from facegate.setup import answers


def test_the_guesses_can_be_used_as_they_are() -> None:
    ipaddress.ip_address(answers.address())
    assert answers.network_of("10.1.2.3") == "10.1.2.0/24"
    assert answers.network_of("fd00::5") == "fd00::/64"
    assert answers.gateway_user() in (answers.USER, getpass.getuser())


@pytest.mark.parametrize(
    ("logged_in", "operator"),
    [("maria", "maria"), ("Maria Müller", "maria-m-ller"), ("Ω", "operator"), ("", "operator")],
)
def test_whoever_is_logged_in_runs_the_crawls(logged_in: str, operator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: logged_in)
    assert answers.operator() == operator


def test_nobody_may_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> str:
        raise KeyError("uid")

    monkeypatch.setattr(getpass, "getuser", unknown)
    assert answers.operator() == "operator"
