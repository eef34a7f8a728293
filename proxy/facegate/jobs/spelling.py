"""One spelling for what readers take for the same text: case, widths, invisible characters, dashes, look-alikes."""

import re
import unicodedata

_DASHES = re.compile("[\u2010-\u2015\u2212\u2043\u00ad\u058a]")
# Shown as nothing, and yet no control or format character: fillers, selectors, an empty Braille cell.
_EMPTY = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
# Cyrillic and Greek letters that look like Latin ones, in either case. What they say in their own language is compared
# in this spelling, too.
_LOOK_ALIKES = str.maketrans(
    "\u0430\u0432\u0435\u0456\u0458\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u04bb\u0501\u051b\u051d"
    "\u03b1\u03b2\u03b5\u03b6\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u0131\u0261",
    "abeijkmhopctyxshdqwabezhikmnoptyxig",
)
_BARS = str.maketrans("łøđħ", "lodh")  # letters whose bar is no accent to Unicode


def plain(text: str) -> str:
    for _ in range(3):  # each step can make something for another; texts of one script are stable after the first
        before, text = text, _once(text)
        if text == before:
            break
    return text


def _once(text: str) -> str:
    text = _EMPTY.sub("", _DASHES.sub("-", unicodedata.normalize("NFKC", text)))
    text = "".join(character for character in text if unicodedata.category(character) != "Cf")
    text = unicodedata.normalize("NFKC", text.casefold().translate(_LOOK_ALIKES))
    return " ".join(text.split())


def key(text: str) -> str:
    """Equal for two spellings of one reference."""
    return plain(plain(text).replace(" ", ""))


def letters(text: str) -> str:
    """For words: without accents, too."""
    parts = unicodedata.normalize("NFD", plain(text))
    bare = "".join(character for character in parts if unicodedata.category(character) != "Mn")
    return bare.translate(_BARS).translate(_LOOK_ALIKES)
