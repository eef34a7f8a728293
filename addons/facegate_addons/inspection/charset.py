"""Is it text, and in which charset? Judged by the bytes; a declared charset is believed only when it fits."""

import codecs
import re

CONTROL = 0.01  # share of control characters up to which valid UTF-8 is text (minified scripts carry a few)

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = bytes(set(range(32)) - {8, 9, 10, 12, 13, 27} | {127})
# charsets a server may declare, beside UTF-8; all others are judged by their bytes
_CHARSET = re.compile(
    r"charset\s*=\s*[\"']?(utf-?16(?:le|be)?|utf-?32(?:le|be)?|shift_jis|euc-jp|euc-kr|gb2312|gbk|gb18030|big5|iso-2022-jp|koi8-[ru])",
    re.IGNORECASE,
)


def as_text(data: bytes, content_type: str) -> bytes | None:
    """`data` as UTF-8, or None when it is no text. Single-byte charsets stay as they are: only ASCII matters here."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _recoded(data, name)
    controls = len(data) - len(data.translate(None, _CONTROL))
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        declared = _CHARSET.search(content_type)
        if declared:
            return _recoded(data, declared[1].lower())
        return data if not controls and data.count(b"\xff") < len(data) / 8 else None
    if controls <= CONTROL * len(data):
        return data
    declared = _CHARSET.search(content_type)
    if declared:
        return _recoded(data, declared[1].lower())
    # UTF-16 without a mark: every second byte of Western text is zero
    if len(data) % 2 == 0 and data.count(b"\0") >= len(data) * 0.4:
        return _recoded(data, "utf-16-le" if data[1] == 0 else "utf-16-be")
    return None


def _recoded(data: bytes, charset: str) -> bytes | None:
    try:
        text = data.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return None
    encoded = text.encode("utf-8", "replace")
    return encoded if len(encoded) - len(encoded.translate(None, _CONTROL)) <= CONTROL * len(encoded) else None
