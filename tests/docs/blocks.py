"""What README and docs show of a shell: fenced blocks, and commands in the running text."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "crawlers").rglob("*.md")),
]
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.M | re.S)
_SHELL = ("sh", "console", "bash", "shell")
_SEPARATORS = frozenset("();<>|&\n")


@dataclass(frozen=True)
class Block:
    page: str  # its path in the repository
    number: int  # among the shell's blocks of its page, from 1
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.number}"


def blocks(path: Path) -> list[Block]:
    """Of a block that shows output as well (`$ command`) the commands alone."""
    page = path.relative_to(ROOT).as_posix()
    texts = []
    for indent, language, text in _FENCE.findall(path.read_text()):
        if language in _SHELL:
            lines = [line.removeprefix(indent) for line in text.splitlines()]
            if language == "console":
                lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
            texts.append("\n".join(lines) + "\n")
    return [Block(page, number, text) for number, text in enumerate(texts, 1)]


def in_text(path: Path) -> list[str]:
    """Commands between backticks, outside of fenced blocks."""
    text = _FENCE.sub("", path.read_text())
    return [" ".join(found.split()) for found in re.findall(r"`(facegate [^`]+)`", text)]


def toml(path: Path) -> list[str]:
    return [text for _, language, text in _FENCE.findall(path.read_text()) if language == "toml"]


def commands(text: str, program: str = "facegate") -> Iterator[list[str]]:
    """The arguments of each call of `program`."""
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="();<>|&")
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, "\n"]:
            if set(word) <= _SEPARATORS:
                while words and (re.match(r"\w+=", words[0]) or words[0] in ("$", "alias")):
                    words = words[1:]
                if words and words[0] == program:
                    yield words[1:]
                words = []
            else:
                words.append(word)
