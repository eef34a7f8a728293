"""The children of a supervisor, as they are now: gateways come and go while it runs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from signal import Signals

from facegate.serve.child import Child
from facegate.serve.slot import Slot


@dataclass(frozen=True)
class Fleet:
    slots: Sequence[Slot]
    others: Sequence[Child] = field(default=())  # the console

    @property
    def gateways(self) -> list[Child]:
        return [child for slot in self.slots for child in slot.children]

    @property
    def children(self) -> list[Child]:
        return [*self.gateways, *self.others]

    def signal(self, number: Signals) -> None:
        """To the gateways alone."""
        for child in self.gateways:
            child.signal(number)
