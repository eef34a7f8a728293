"""The most frequent of any number of names, in little memory."""

import heapq
from collections import Counter

KEPT = 4096  # names that are counted apart: far more than anybody reads


class Largest:
    """Counts of the most frequent of any number of names (Misra and Gries, 1982): exact up to twice `kept` names, then
    each at most `missed` too low."""

    def __init__(self, kept: int = KEPT) -> None:
        self.missed = 0
        self._kept = kept
        self._counts: Counter[str] = Counter()

    def add(self, name: str) -> None:
        self._counts[name] += 1
        if len(self._counts) > 2 * self._kept:
            least = heapq.nlargest(self._kept + 1, self._counts.values())[-1]
            self._counts = Counter({each: count - least for each, count in self._counts.items() if count > least})
            self.missed += least

    def most(self, number: int) -> list[tuple[str, int]]:
        return heapq.nsmallest(number, self._counts.items(), key=lambda item: (-item[1], item[0]))
