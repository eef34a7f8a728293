import signal
from pathlib import Path

from facegate.serve.child import Child
from facegate.serve.fleet import Fleet
from facegate.serve.slot import Slot


class Recorded(Child):
    """A child that only remembers its signals."""

    def __init__(self, name: str) -> None:
        super().__init__(name, [])
        self.signals: list[signal.Signals] = []

    def signal(self, number: signal.Signals) -> None:
        self.signals.append(number)


def test_a_signal_reaches_the_gateways_alone_also_those_that_come_or_leave(tmp_path: Path) -> None:
    slots = [Slot(number, 2, lambda index: Recorded(f"{index}"), tmp_path) for number in range(2)]
    slots[1]._other = Recorded("3")
    console = Recorded("console")
    fleet = Fleet(slots, [console])
    assert [child.name for child in fleet.children] == ["0", "1", "3", "console"]
    fleet.signal(signal.SIGHUP)
    assert [child.signals for child in fleet.gateways if isinstance(child, Recorded)] == [[signal.SIGHUP]] * 3
    assert console.signals == []
