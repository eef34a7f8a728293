"""A model's description: what it is, what it takes, what its numbers mean, and from which scores on they count.

It is a TOML file of its own beside the weights, and knows them by their sha256. docs/detector.md explains each key.
"""

import hashlib
import json
import re
import tomllib
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

from facegate_addons.domain.tables import TableError, fill, nearest

# Bytes of a weights file. Detectors of faces have 0.3 to 110 MB; a worker holds the file about three times over while
# it loads, within limits.worker_memory.
WEIGHTS_MAX = 256 << 20
NAME = re.compile("[a-z][a-z0-9_-]{0,63}")  # a folder's name, a word on the command line, a value in the ledger


class ModelError(Exception):
    """A model that cannot be used: absent, altered, unfit, or without its provider. One line that says what to do."""


class Rule(NamedTuple):
    """A decode rule: a module of this package has its name."""

    stride: int  # the network's input has to be a multiple of it
    outputs: tuple[str, ...]  # what the rule calls them, in the order in which it takes them


# Here and not beside each rule: who only reads descriptions needs no NumPy.
RULES = {
    "centerface": Rule(4, ("heatmap", "scale", "offset")),
    "yunet": Rule(32, tuple(f"{kind}_{stride}" for kind in ("cls", "obj", "bbox") for stride in (8, 16, 32))),
}


@dataclass(frozen=True)
class Input:
    """(n, 3, height, width), float32: (value from 0 to 255 - mean) * scale for each channel."""

    name: str
    channels: str = "rgb"
    mean: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    scale: list[float] = field(default_factory=lambda: [1.0, 1.0, 1.0])
    multiple: int = 32  # of which height and width have to be one; most networks halve their input five times
    batch: bool = True  # takes several pictures at once


@dataclass(frozen=True)
class Decode:
    rule: str
    outputs: dict[str, str] = field(default_factory=dict)  # the rule's names to the file's, where they differ


@dataclass(frozen=True)
class Scores:
    """All from 0 to 1."""

    propose: float  # over it, a place deserves a closer look
    threshold: float  # from it on, the score of all looks is a face
    obvious: float  # from it on, a first score is a face without a closer look
    dull: float = 0.0  # a coarse pass without a score over it shows no face; 0: what is not seen there is looked for


@dataclass(frozen=True)
class Description:
    name: str
    license: str
    source: str
    sha256: str
    input: Input
    decode: Decode
    scores: Scores
    url: str = ""
    size: int | None = None
    measured: str = ""

    @property
    def outputs(self) -> list[str]:
        """The file's names of what the rule takes, in the rule's order."""
        return [self.decode.outputs.get(output, output) for output in RULES[self.decode.rule].outputs]

    @property
    def digest(self) -> str:
        """sha256 of what changes verdicts, beside the weights and the threshold that is in force."""
        numbers = {"mean": list(map(float, self.input.mean)), "scale": list(map(float, self.input.scale))}  # 0 is 0.0
        scores = [self.scores.dull, self.scores.propose, self.scores.obvious]
        facts = [asdict(self.input) | numbers, self.decode.rule, self.outputs, *scores]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Model:
    """A described model, and the path of its weights."""

    description: Description
    weights: str


def parse(text: str, where: str) -> Description:
    """Raises ModelError with one line that begins with `where`."""
    try:
        described: Description = fill(Description, tomllib.loads(text), where)
        _check(described, where)
    except TableError as error:
        raise ModelError(str(error)) from None
    except ValueError as error:  # tomllib's own, and that of a number with thousands of digits
        raise ModelError(f"{where}: not valid TOML: {error}") from None
    except RecursionError:
        raise ModelError(f"{where}: not valid TOML: brackets within brackets without end") from None
    return described


def _check(it: Description, where: str) -> None:
    """What types cannot say. One rule a line, the first broken one is reported."""

    def need(fine: object, message: str) -> None:
        if not fine:
            raise TableError(f"{where}: {message}")

    need(NAME.fullmatch(it.name), f"name has to be 1 to 64 of a-z, 0-9, - and _, a letter first, not {it.name!r}")
    need(re.fullmatch("[0-9a-f]{64}", it.sha256), "sha256 has to be the weights' digest, 64 digits in lower-case hex")
    need(not it.url or re.match(r"https?://[^/]", it.url), f"url has to begin with https:// or http://, not {it.url!r}")
    need(it.size is None or 0 < it.size <= WEIGHTS_MAX, f"size has to be from 1 to {WEIGHTS_MAX} bytes, not {it.size}")
    channels = it.input.channels
    need(channels in ("rgb", "bgr"), f'input.channels has to be "rgb" or "bgr", not {channels!r}')
    need(_three(it.input.mean), "input.mean has to be three numbers, one for each channel")
    need(
        _three(it.input.scale) and all(it.input.scale),
        "input.scale has to be three numbers other than 0, one for each channel",
    )
    rule = it.decode.rule
    need(rule in RULES, f"decode.rule has to be one of {', '.join(RULES)}, not {rule!r}")
    stride, outputs = RULES[rule]
    for output, name in it.decode.outputs.items():
        need(output in outputs, f"unknown key decode.outputs.{output}; {nearest(output, outputs, 'decode.outputs.')}")
        need(isinstance(name, str), f"decode.outputs.{output} has to be text, not {name!r}")
    multiple = it.input.multiple
    need(
        0 < multiple <= 256 and multiple % stride == 0,
        f"input.multiple has to be one of {stride}, up to 256, for the rule {rule}, not {multiple}",
    )
    for key, value in asdict(it.scores).items():
        need(
            0 < value <= 1 or (key == "dull" and value == 0),
            f"scores.{key} has to be over 0 and at most 1, not {value:g}",
        )
    need(it.scores.dull <= it.scores.obvious, "scores.dull has to be at most scores.obvious")
    need(it.scores.propose <= it.scores.obvious, "scores.propose has to be at most scores.obvious")


def _three(values: list[float]) -> bool:
    return len(values) == 3 and all(type(value) in (int, float) and abs(value) < 1e6 for value in values)
