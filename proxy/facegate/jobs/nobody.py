"""Why a subject names no given person. A targeted search is for given persons, or for a group that was defined before
it, each of them (C(2025) 5052, 228 and 229)."""

import re
from itertools import pairwise

from facegate.jobs.spelling import letters, plain
from facegate.jobs.words import ANYBODY, COLLECTIVES, EVERY, EVERYBODY, LEADS, NOBODY, OF, SETS

_EACH = "write one reference for each person"
PATTERN = f"which is a pattern; {_EACH}"
RANGE = "which is a range; list every person by a reference of their own"
BARE_RANGE = 'which reads like a range; list every person, or, if it is one reference, write it like "case {}"'
SEVERAL = "which is several persons at once; write each as an entry of its own"
PLACEHOLDER = 'which stands for nobody yet; write the reference of the person, like "case-4711"'
WHOEVER = f"which means whoever turns up, and a targeted search is for given persons; {_EACH}"
SET = f"which names a set of people and not its members; {_EACH}"

_WILD = re.compile(
    r"[*?%|\\]|#{2,}|\.\+|^\^|\$$"  # globs, SQL, alternatives, escapes, anchors
    r"|\[\^?(\w-\w)+\]|\{\d*,?\d*\}"  # a class of characters, a count
    r"|<[^>]*>|\{\w+\}"  # something to be filled in
)
_FILLER = re.compile(r"(?<![^\W_])(x{3,}|n{3,}|\.{3,}|_{2,}|-{2,})\W*$|^\W*$")
_TO = r"(?:\s*[-~]\s*|\s+(?:to|through|thru|until|till|bis|hasta|tot|t/m|à|jusqu'à|fino a|până la|do|az|až)\s+)"
_DOTS = re.compile(r"\w\s*\.{2,}\s*\w")
_SAME_PREFIX = re.compile(rf"(?P<prefix>.*?[^\W\d].*?)\d+{_TO}(?P=prefix)\d+")
_NUMBERED = re.compile(rf"(?:.*\D)?(\d+)(?!\s*-\S){_TO}(?:\S*[^\s\d])?(\d+)")
_FROM = re.compile(
    r".*\b(?:from|between|von|zwischen|de|du|desde|entre|da|dal|tra|van|tussen|od|między)\s+\S*\d\s+"
    r"(?:to|and|bis|und|à|au|et|a|y|al|e|tot|en|do|i)\s+\S*\d+"
)
_BARE = re.compile(r"(\d+)-(\d+)")
_AND = r"(?:[,;&+/]|\b(?:and|und|et|y|e|en|i|och|si|or|oder|ou|o)\b)"
_LIST = re.compile(rf"(?P<prefix>.*?[^\W\d].*?)\d+\s*{_AND}\s*(?P=prefix)\d+.*")
_NUMBERS = re.compile(r"(?:.*\s)?\d+\s*(?:[;&+]|\s(?:and|und|et|y|e|en|i|och|si|or|oder|ou|o)\s)\s*\d+")


def nobody(subject: str) -> str:
    """What is wrong with it and what to write instead; "" for what may be a reference."""
    text = plain(subject)
    if _WILD.search(text):
        return PATTERN
    if _FILLER.search(text):
        return PLACEHOLDER
    return _several(text) or _words(letters(subject))


def _several(text: str) -> str:
    if _DOTS.search(text) or any(rule.fullmatch(text) for rule in (_SAME_PREFIX, _FROM)):
        return RANGE
    if (match := _NUMBERED.fullmatch(text)) and int(match[1]) < int(match[2]):
        return RANGE
    if (match := _BARE.fullmatch(text)) and _counts_up(*match.groups()):
        return BARE_RANGE.format(text)
    return SEVERAL if _LIST.fullmatch(text) or _NUMBERS.fullmatch(text) else ""


def _counts_up(first: str, last: str) -> bool:
    """1-500 does; 2024-4711 is a number of a year, 0170-555 has a code before it."""
    year = len(first) == 4 and first.startswith(("19", "20"))
    return not year and (first[0] != "0" or len(first) == len(last)) and int(first) < int(last)


def _words(text: str) -> str:
    numbered = any(character.isdigit() for character in text)
    # With a number in it a hyphen holds a reference together: "staff-4711" is one word.
    words = (
        [w for word in text.split() if (w := word.strip(".,:;()[]\"'!"))] if numbered else re.findall(r"[^\W_]+", text)
    )
    joined = " ".join(words)
    if joined in NOBODY or joined.replace(" ", "") in NOBODY:
        return PLACEHOLDER
    if not words or words[0] in EVERY or any(f" {phrase} " in f" {joined} " for phrase in EVERYBODY):
        return WHOEVER
    while len(words) > 1 and words[0] in LEADS:
        words = words[1:]
    if " ".join(words) in ANYBODY or words[0] in EVERY:
        return WHOEVER
    if words[0] in SETS or words[-1] in SETS | COLLECTIVES:
        return SET
    many = SETS | COLLECTIVES
    return SET if any(word in many and after in OF for word, after in pairwise(words)) else ""
