"""Picture formats that are text, or may be all printable, and that nobody here decodes: known, and refused by name."""

import re

_HEAD = 8_192  # bytes in which a format says what it is
_BLANK = b" \t\r\n\x0b\x0c\x04"
_GAP = rb"(?:\s|#[^\n\r]*[\n\r])+"
_NUMBER = rb"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"
_COMMENTS = rb"(?>/\*.*?\*/\s*|//[^\n]*\n\s*)*+"
_HEADS = re.compile(
    b"|".join(
        (
            rb"(?P<pam>P7\s(?>#[^\n]*\n|\s)*+(?:WIDTH|HEIGHT|DEPTH|MAXVAL|TUPLTYPE)\s)",
            rb"(?P<pfm>P[Ff]" + _GAP + rb"\d+" + _GAP + rb"\d+" + _GAP + _NUMBER + rb"\s)",
            rb"(?P<pillow>(?:Py(?:P|RGBA|CMYK)|P0CMYK)\s+\d|P7 332)",  # Pillow's own, and XV's thumbnails
            rb"(?P<nrrd>NRRD\d{4}[\r\n])",
            rb"(?P<xpm2>! XPM2)",
            rb"(?P<pixmap>" + _COMMENTS + rb"static\s+(?:const\s+)?char\s*\*\s*(?:const\s+)?[^\s\[]{1,200}\s*"
            rb"\[[^\]]{0,20}\]\s*=\s*\{\s*" + _COMMENTS + rb"\"\s*\d+\s+\d+\s+\d+\s+\d+)",
            rb"(?P<bitmap>" + _COMMENTS + rb"#\s*define\s[^\n]{0,200}?width\s+\(?\d+.*?"
            rb"_bits[\w \t]{0,20}\[[^\]]{0,20}\]\s*=\s*\{\s*0[xX])",
            rb"(?P<postscript>%!(?:PS|\s*[\r\n]))",
            rb"(?P<hdr>#\?RGBE|#\?RADIANCE)",
            rb"(?P<grid>(?i:ncols\s+\d+\s+nrows\s+\d+))",
            rb"(?P<fig>#FIG \d\.\d)",
            rb"(?P<pds>(?:PDS|ODL)_VERSION_ID\s*=)",
            rb"(?P<vicar>LBLSIZE\s*=\s*\d)",
            rb"(?P<metaimage>(?:Comment\s*=[^\n]*\n)?(?:ObjectType\s*=\s*Image|NDims\s*=\s*\d+\s+DimSize\s*=))",
            rb"(?P<miff>id=ImageMagick\s)",
            rb"(?P<pixels># ImageMagick pixel enumeration)",
            rb"(?P<ics>ics_version\s)",
            rb"(?P<vtk># vtk DataFile[^\n]*\n[^\n]*\n\s*\w+\s+DATASET\s+STRUCTURED_POINTS)",
        )
    ),
    re.DOTALL,
)
_SIXEL = re.compile(rb"\x1bP[0-9;]{0,40}q[\"#0-9;\s?-~!$-]{20}")
_PICTURES_IN_RTF = re.compile(rb"\\(?:pict|objdata|bin\d)")


def kind(data: bytes) -> str:
    """The name of the format, or ""."""
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip(_BLANK)
    if found := _HEADS.match(head):
        return found.lastgroup or ""
    if head.startswith(b"{\\rtf") and _PICTURES_IN_RTF.search(data):
        return "rtf"
    return "sixel" if b"\x1b" in data and b"\x1bP" in data and _SIXEL.search(data) else ""
