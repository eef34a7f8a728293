from datetime import timedelta

import pytest
from facegate import ca
from facegate.diagnosis import trust
from facegate.diagnosis.finding import State
from facegate.state.home import Home


def test_none_yet(home: Home) -> None:
    (found,) = trust.look(home)
    assert found.state is State.NOTE


def test_one_that_this_machine_does_not_know(home: Home) -> None:
    ca.prepare(home.ca)
    valid, known = trust.look(home)
    assert (valid.state, known.state) == (State.OK, State.NOTE)
    assert known.do == "facegate ca export prints how"


def test_one_that_this_machine_trusts(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ca.prepare(home.ca)))
    assert [it.state for it in trust.look(home)] == [State.OK, State.OK]


def test_one_that_ends_soon(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    ca.prepare(home.ca)
    monkeypatch.setattr(trust, "SOON", timedelta(days=20_000))
    assert next(trust.look(home)).state is State.WARNING


def test_one_that_is_damaged(home: Home) -> None:
    ca.prepare(home.ca)
    (home.ca / "facegate-ca.pem").write_text("nothing")
    (found,) = trust.look(home)
    assert found.state is State.PROBLEM
    assert "damaged" in found.says
