"""One target, tried until its time is up, in a process of its own that is confined as a worker is.

    python -m fuzz.child TARGET SECONDS SEED CURRENT [once]

Each input stands in the mapped file CURRENT before it is tried, so that whoever watches has it when the process dies.
Lines of JSON come out: {"broken": ..., "data": ...} for each finding, {"tried": ..., "lines": ...} while it goes on.
With `once` CURRENT is tried as it is.
"""

import base64
import json
import mmap
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from facegate_addons.workers.confine import confine, seal
from fuzz.covered import Covered
from fuzz.mutate import MOST, mutant
from fuzz.seeds import seeds
from fuzz.targets import MEMORY, TARGETS

ROOM = MOST + 8
CORPUS = 4_000  # inputs that reached a line first
KEPT = 5  # findings of one sort
SMALLER = 300  # attempts to make one smaller


def main() -> None:
    name, seconds, seed, place, *once = sys.argv[1:]
    target = TARGETS[name]
    with Path(place).open("r+b") as file:
        current = mmap.mmap(file.fileno(), ROOM)
    if once:
        confine(taken() + MEMORY)
        size = int.from_bytes(current[:8], "big")
        say(broken=target.broken(current[8 : 8 + size]))
        return
    random, corpus = Random(seed), target.seeds(seeds()) or [b""]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if target.sealed:
        confine(taken() + MEMORY)
        seal(os.devnull)
    covered, found, tried = Covered(), dict[str, int](), 0
    others = corpus[:]

    def broken(data: bytes) -> str:
        current[:8] = len(data).to_bytes(8, "big")
        current[8 : 8 + len(data)] = data
        try:
            return target.broken(data)
        except MemoryError:
            return "memory"
        except Exception as error:  # noqa: BLE001 - any is what is looked for
            return f"raised {type(error).__name__}"

    for data in corpus:
        broken(data[:MOST])
    end = said = time.monotonic()
    end += float(seconds)
    while (now := time.monotonic()) < end:
        if now - said > 1:
            said = now
            say(tried=tried, lines=covered.lines, corpus=len(corpus))
        lines = covered.lines
        data = mutant(random, random.choice(corpus), others)
        wrong = broken(data)
        tried += 1
        if wrong and found.get(wrong, 0) < KEPT:
            found[wrong] = found.get(wrong, 0) + 1
            say(broken=wrong, data=base64.b64encode(smaller(random, data, wrong, broken)).decode())
        if covered.lines > lines and not wrong and len(corpus) < CORPUS:
            corpus.append(data)
    say(tried=tried, lines=covered.lines, corpus=len(corpus))


def smaller(random: Random, data: bytes, wrong: str, broken: Callable[[bytes], str]) -> bytes:
    """Pieces are left out as long as the same is broken, within ten seconds."""
    until = time.monotonic() + 10
    for _ in range(SMALLER):
        if len(data) < 2 or time.monotonic() > until:
            break
        start = random.randrange(len(data))
        end = start + max(1, int(len(data) * random.random() ** 3))
        if broken(less := data[:start] + data[end:]) == wrong:
            data = less
    return data


def taken() -> int:
    """Bytes of address space: of libraries, and of what the seeds were made with."""
    place = Path("/proc/self/statm")
    return int(place.read_text().split()[0]) * resource.getpagesize() if place.exists() else 0


def say(**said: object) -> None:
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
