"""Why a worker was replaced."""

from enum import StrEnum


class End(StrEnum):
    DIED = "died"
    CUT_OFF = "cut-off"  # it took too long
    LEFT = "left"  # who had asked for it was gone, or the question failed
    RECYCLED = "recycled"  # it had served its share
