"""Formats that are text: refused by name, and what only begins like one is text."""

import time
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.stills.written import kind

Look = Callable[..., Verdict]
ROW = b"ABCD" * 16
PICTURES = {
    "pam": b"P7\n# c\nWIDTH 64\nHEIGHT 64\nDEPTH 1\nMAXVAL 126\nENDHDR\n" + ROW * 64,
    "pfm": b"PF\n64 64\n-1.0\n" + ROW * 64 * 12,
    "pillow": b"PyRGBA 64 64 255\n" + ROW * 256,
    "nrrd": b"NRRD0004\ntype: uint8\ndimension: 2\nsizes: 64 64\nencoding: raw\n\n" + ROW * 64,
    "xpm2": b"! XPM2\n64 64 4 1\nA c #000000\n" + ROW,
    "pixmap": b'\n/* a */ static const char *const a[] = {\n/* b */ "64 64 4 1",\n"A c #000000",\n"' + ROW + b'"};',
    "bitmap": b"// a\n#define\ta_width 64\n#define\ta_height 64\nstatic unsigned char a_bits [] = { 0x12, 0x13",
    "postscript": b"\x04\r\n%!\n64 64 8 [64 0 0 -64 0 64] {currentfile 64 string readstring pop} image\n" + ROW * 64,
    "hdr": b"#?RGBE\nFORMAT=32-bit_rle_rgbe\n\n-Y 64 +X 64\n" + ROW * 256,
    "grid": b"ncols 64\nnrows 64\nxllcorner 0\ncellsize 1\n" + b"1 2 3 4\n" * 99,
    "fig": b"#FIG 3.2\nLandscape\n",
    "pds": b"PDS_VERSION_ID = PDS3\nRECORD_TYPE = FIXED_LENGTH\n",
    "vicar": b"LBLSIZE=1024 FORMAT='BYTE' TYPE='IMAGE'\n",
    "metaimage": b"ObjectType = Image\nNDims = 2\nDimSize = 64 64\n",
    "miff": b"id=ImageMagick  version=1.0\nclass=DirectClass\n",
    "pixels": b"# ImageMagick pixel enumeration: 64,64,255,gray\n0,0: (1)\n",
    "ics": b"\t\nics_version\t2.0\nfilename\ta\n",
    "vtk": b"# vtk DataFile Version 3.0\na\nASCII\nDATASET STRUCTURED_POINTS\nDIMENSIONS 64 64 1\n",
    "rtf": b"{\\rtf1 a {\\pict\\dibitmap0\\picw64\\pich64 \n2800000040000000}}",
    "sixel": b'a terminal shows \x1bPq"1;1;64;64#0;2;0;0;0#0~~@@vv@@~~@@~~$-\x1b\\',
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures(name: str, look: Look) -> None:
    assert kind(PICTURES[name]) == name
    assert look(PICTURES[name]) == Unreadable(Reason.UNSUPPORTED_TYPE, name)


@pytest.mark.parametrize(
    "text",
    [
        b"P7 is the seventh\nwidth of it",
        b"P7\nand WIDTH 3",
        b"PF 3 of 4 and more",
        b"NRRD is a format",
        b"%!TEX root = a.tex\n\\documentclass{article}\n",
        b"%! a comment in Erlang\n-module(a).\n",
        b"#Fig 1 shows the results\n",
        b"#FIG leaf\n",
        b"ncols = 3\nnrows = 4\n",
        b'static char *names[] = {\n"a", "b 1 2 3"\n};\n',
        b"#define MAX_width 3\n#define MAX_height 4\nint x;\n",
        b"{\\rtf1 hello \\b bold \\b0 words\\par}",
        b"\x1b[31mred\x1b[0m \x1bPnot a picture\x1b\\",
        b"# vtk DataFile Version 3.0\na\nASCII\nDATASET POLYDATA\nPOINTS 1 float\n0 0 0\n",
        b"NDims and other words",
    ],
)
def test_text(text: bytes, look: Look) -> None:
    assert kind(text) == ""
    assert isinstance(look(text), Clear)


@pytest.mark.parametrize("piece", [b"/**/", b"#\n", b" \n", b"/* ", b"#define width 1", b"P7\n#", b"static char *a[",
                                   b"0 ", b"\x1bPq"])  # fmt: skip
def test_no_head_takes_long(piece: bytes) -> None:
    begun = time.process_time()
    for head in (b"", b"P7\n", b"PF\n", b"#define a_width 3\n", b"static char *a[] = {"):
        kind(head + piece * 100_000)
    assert time.process_time() - begun < 1
