import pytest
from facegate.traces.harmless import harmless


def test_a_failure_ends_there_and_is_told_once_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    @harmless
    def note() -> None:
        raise ValueError("SECRET")

    note()
    note()
    assert len(caplog.records) == 1
    assert "ValueError" in caplog.text
    assert "SECRET" not in caplog.text
