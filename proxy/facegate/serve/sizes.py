"""How many gateway processes, and how many inspection workers each of them has, where the configuration leaves it to
the cores."""

from typing import Final

from facegate.modes import kind
from facegate.sections import AUTO, Listen
from facegate.serve.cores import cores

PER_GATEWAY: Final = 3  # cores: a gateway takes a ninth of the time of a new picture, and most of that of a page
AT_LEAST: Final = 2  # where there are two cores: 1.4 times the pages of one gateway with two workers


def gateways(listen: Listen) -> int:
    """Tunnels have one."""
    if isinstance(listen.workers, int):
        return listen.workers
    assert listen.workers == AUTO
    return 1 if kind(listen.mode) == "wireguard" else max(min(AT_LEAST, cores()), round(cores() / PER_GATEWAY))


def inspectors(listen: Listen, gateways: int) -> int:
    """Of each of so many gateways: inspection is what takes the time, so as many as cores, shared among them."""
    return listen.inspectors or max(1, cores() // gateways)
