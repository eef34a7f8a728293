"""Every bound on what one body may cost, in one place, each with its reason."""

from dataclasses import dataclass

HEAD_MAX = 64 << 10  # bytes; nobody needs a larger head (most servers stop at 8 KB), and it is kept before it is judged


@dataclass(frozen=True, slots=True)
class Limits:
    """What one body may cost. A body that needs more is unreadable: withheld, never passed half looked at."""

    body: int = 64 << 20  # bytes on the wire; a 64 MB still image is rare, a video of that size takes too long anyway
    decoded: int = 256 << 20  # bytes after all content codings and containers are undone, summed
    pixels: int = 100_000_000  # of one picture: 100 Mpx is a medium-format camera, 300 MB as RGB
    frames: int = 1_000  # of one animation or multi-page file; of a video those that are looked at
    depth: int = 8  # containers within containers
    members: int = 20_000  # parts of one body; the source archives of large projects have 10,000 files
    seconds: float = 20.0  # inspection of one body
    head: int = HEAD_MAX  # bytes of one response head
    response: float = 120.0  # seconds from the request's head to the response's end
    worker_memory: int = 4 << 30  # address space of one inspection worker, in bytes
    inflight: int = (
        1 << 30
    )  # bytes of all bodies that one gateway process holds at once, half of them for one job alone
    queue: int = 64  # bodies waiting for a worker
    queue_bytes: int = 512 << 20  # bytes of bodies waiting for a worker
