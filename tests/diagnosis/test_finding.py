from facegate.diagnosis.finding import State, note, ok, problem, warning


def test_as_json() -> None:
    assert problem("clock", "it is late", "set it").as_json() == {
        "subject": "clock",
        "state": "problem",
        "says": "it is late",
        "do": "set it",
    }
    assert [it.state for it in (ok("a", "b"), note("a", "b"), warning("a", "b", "c"))] == [
        State.OK,
        State.NOTE,
        State.WARNING,
    ]
