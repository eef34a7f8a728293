"""What the ledger says of the pictures that samples were drawn from, by the rate that was in force."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from facegate_addons.domain.reasons import Reason

RATES = 50  # that are counted apart: each change of the setting makes one
_FOUND = frozenset((Reason.FACES.value, Reason.BUDGET_SPENT.value, Reason.ACCUMULATION.value, Reason.TARGETED.value))


@dataclass(slots=True)
class Population:
    """Pictures seen while one rate was in force: `passed` as clear, of these `drawn`; `found` to show a face;
    `false_positives` of the found, by a reviewer's word."""

    passed: int = 0
    drawn: int = 0
    found: int = 0
    false_positives: int = 0


@dataclass(slots=True)
class Sampled:
    """`left_out`: pictures of rates beyond those that are counted apart."""

    no_faces: frozenset[str] = frozenset()  # records of false positives
    rates: dict[float, Population] = field(default_factory=dict)
    left_out: int = 0

    def add(self, entry: Mapping[str, Any], outcome: str) -> None:
        """An exchange whose line names the rate: its body was a picture."""
        try:
            rate = float(entry["sampling"])
        except (TypeError, ValueError):
            return
        if rate not in self.rates and len(self.rates) >= RATES:
            self.left_out += 1
            return
        of = self.rates.setdefault(rate, Population())
        if outcome == "passed":
            of.passed += 1
            of.drawn += bool(entry.get("sample"))
        elif entry.get("observed_reason", entry.get("reason")) in _FOUND:
            of.found += 1
            of.false_positives += entry.get("record") in self.no_faces
