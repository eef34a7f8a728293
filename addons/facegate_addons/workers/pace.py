"""Which bodies are heavy: by their size, or by how long the last ones of the same job took."""

from collections import OrderedDict

LARGE = 1 << 20  # bytes: half a second of text, more of an archive
SLOW = 0.5  # seconds: a photo takes some 10 ms, a page less
LATEST = 0.3  # the weight of the latest look in the mean
JOBS = 10_000  # remembered; as many as the registry keeps in memory


class Pace:
    def __init__(self) -> None:
        self._mean: OrderedDict[str, float] = OrderedDict()  # seconds, by job

    def heavy(self, job: str, size: int) -> bool:
        return size > LARGE or self._mean.get(job, 0.0) > SLOW

    def took(self, job: str, seconds: float) -> None:
        before = self._mean.pop(job, 0.0)
        self._mean[job] = before + LATEST * (seconds - before)
        if len(self._mean) > JOBS:
            self._mean.popitem(last=False)
