import os
import signal
from collections.abc import Iterator

import pytest
from facegate.commands.interrupts import interrupted_by_all

NUMBERS = (signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in NUMBERS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("as_before")
@pytest.mark.parametrize("number", NUMBERS)
def test_it_is_as_ctrl_c(number: signal.Signals) -> None:
    interrupted_by_all()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)
