from facegate.console.brake import ADDRESSES, FAILURES, WINDOW, Brake


def test_an_address_waits_after_some_failures_until_they_are_old() -> None:
    now = 0.0
    brake = Brake(lambda: now)
    for _ in range(FAILURES):
        assert brake.wait("10.0.0.1") is None
        brake.failed("10.0.0.1")
    assert brake.wait("10.0.0.1") == WINDOW + 1
    assert brake.wait("10.0.0.2") is None
    now = WINDOW
    assert brake.wait("10.0.0.1") is None


def test_it_remembers_no_more_than_some() -> None:
    brake = Brake(lambda: 0.0, failures=1)
    for number in range(ADDRESSES + 1):
        brake.failed(str(number))
    assert brake.wait("0") is None
    assert brake.wait("1") is not None
