"""Is it text, and in which charset? Judged by the bytes; a declared charset is believed only when it fits."""

import codecs
import re
from collections.abc import Iterator

from facegate_addons.inspection.text import shares
from facegate_addons.inspection.text.script import made_up

CONTROL = 0.01  # share of control characters up to which decoded text is text (minified scripts carry a few)
# share of characters that a declared charset may leave undecoded: old pages mix two charsets in places
STRAY = 0.01
HEAD = 1 << 10  # bytes in which HTML allows a page to name its charset

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_KEPT = bytes((8, 9, 10, 12, 13, 27))
_FREQUENT = bytes((10, 13, 9, 27, 12, 8))  # the same, those that text has most of first
_CONTROL = bytes(set(range(32)) - set(_KEPT) | {127})
# charsets that may be declared -> Python's codec: browsers read the larger set of each family, so do we
_CODECS = {
    name: codec
    for names, codec in (
        ("gb2312 gbk gb18030 x-gbk gb_2312-80", "gb18030"),
        ("shift_jis shift-jis sjis x-sjis windows-31j ms_kanji", "cp932"),
        ("euc-jp x-euc-jp", "euc_jp"),
        ("iso-2022-jp", "iso2022_jp"),
        ("euc-kr ks_c_5601-1987 windows-949", "cp949"),
        ("big5 big5-hkscs x-x-big5", "big5hkscs"),
        ("iso-8859-1 latin1 windows-1252", "latin-1"),
        ("iso-8859-11 tis-620 windows-874", "cp874"),
        ("iso-8859-9", "cp1254"),
        ("iso-8859-8-i", "iso8859_8"),
        ("koi8-r", "koi8_r"),
        ("koi8-u", "koi8_u"),
        ("macintosh", "mac_roman"),
        ("x-mac-cyrillic", "mac_cyrillic"),
        ("ibm866 cp866", "cp866"),
        ("utf-16 utf16 utf-16le utf16le", "utf-16-le"),
        ("utf-16be utf16be", "utf-16-be"),
        ("utf-32 utf-32le", "utf-32-le"),
        ("utf-32be", "utf-32-be"),
    )
    for name in names.split()
}
_CODECS |= {f"windows-{page}": f"cp{page}" for page in (1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258)}
_CODECS |= {f"iso-8859-{part}": f"iso8859_{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
_DECLARED = re.compile(r"(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{3,40})", re.IGNORECASE)
# As what text of no declared charset may be read. Of a single-byte charset it only matters how its high bytes are
# used, so one stands for all, and for the East Asian ones too, but for GB: its lead bytes are spread the most.
_GUESSES = ("latin-1", "gb18030")


def as_text(data: bytes, content_type: str) -> bytes | None:
    """`data` as UTF-8, or None when it is no text. Of no declared charset, it stays as it is: ASCII matters alone."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _recoded(data, name)
    controls = _controls(data)
    try:
        if not data.isascii():
            data.decode("utf-8")
        if controls <= CONTROL * len(data):
            return data
        legacy = False
    except UnicodeDecodeError:
        legacy = True
    for codec in _declared(data, content_type):
        if (text := _recoded(data, codec)) is not None:
            return text
    # UTF-16 without a mark: every second byte of Western text is zero
    if len(data) % 2 == 0 and data.count(b"\0") >= len(data) * 0.4:
        return _recoded(data, "utf-16-le" if data[1] == 0 else "utf-16-be")
    return data if legacy and not controls and any(_reads_as(data, codec) for codec in _GUESSES) else None


def _declared(data: bytes, content_type: str) -> Iterator[str]:
    """The header's charset first, then what the page says itself, in <meta> or <?xml."""
    head = data[:HEAD].lower()
    named = b"charset" in head or b"encoding" in head
    for place in (content_type, data[:HEAD].decode("latin-1") if named else ""):
        if (match := _DECLARED.search(place)) and match[1].lower() in _CODECS:
            yield _CODECS[match[1].lower()]


def _reads_as(data: bytes, codec: str) -> bool:
    text = data.decode(codec, "replace")
    return text.count("\ufffd") <= STRAY * len(text) and not made_up(text)


def _recoded(data: bytes, codec: str) -> bytes | None:
    text = data.decode(codec, "replace")
    if text.count("\ufffd") > STRAY * len(text):
        return None
    encoded = text.encode("utf-8", "replace")
    return encoded if _controls(encoded) <= CONTROL * len(encoded) else None


def _controls(data: bytes) -> int:
    if len(data) < shares.SHORT:
        return len(data) - len(data.translate(None, _CONTROL))
    low = shares.total(data, lambda letters: letters < 32)
    for byte in _FREQUENT:
        if not low:
            break
        low -= shares.count(data, byte)
    return low + shares.count(data, 127)
