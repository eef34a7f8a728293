"""What these bytes really are. A table of magics; the declared type is never asked."""

import re
import struct

from facegate_addons.inspection.containers import magics as containers
from facegate_addons.inspection.documents import signs
from facegate_addons.inspection.stills import readers, written

PICTURES = frozenset(
    "jpeg png gif webp avif heic jxl tiff bmp ico cur icns psd jp2 qoi pnm tga dds pcx xpm xbm".split()  # noqa: SIM905
)
# (offset, magic, kind); the first that fits decides, so the longer come first
_MAGICS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"GIF87a", "gif"),
    (0, b"GIF89a", "gif"),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", "jxl"),
    (0, b"\xff\x0a", "jxl"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "jp2"),
    (0, b"\xff\x4f\xff\x51", "jp2"),
    (0, b"II*\0", "tiff"),
    (0, b"MM\0*", "tiff"),
    (0, b"II+\0\x08\0\0\0", "tiff"),
    (0, b"MM\0+\0\x08\0\0", "tiff"),
    (0, b"icns\0", "icns"),
    (0, b"8BPS\0\x01", "psd"),
    (0, b"8BPS\0\x02", "psb"),
    (0, b"qoif", "qoi"),
    (0, b"DDS ", "dds"),
    (0, b"/* XPM", "xpm"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"PK\x07\x08", "zip"),
    (0, b"\x1f\x8b\x08", "gzip"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (4, b"1AY&SY", "bzip2"),
    (4, b"\x17\x72\x45\x38\x50\x90", "bzip2"),
    (0, b"\xfd7zXZ\0", "xz"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"Rar!\x1a\x07", "rar"),
    (257, b"ustar", "tar"),
    (0, b"!<arch>\n", "ar"),
    (0, b"\xed\xab\xee\xdb", "rpm"),
    (0, b"LZIP\x01", "lzip"),
    (0, b"\x04\x22\x4d\x18", "lz4"),
    (0, b"\x02\x21\x4c\x18", "lz4"),
    (0, b"\xff\x06\0\0sNaPpY", "snappy"),
    (0, b"\x1f\x1e", "pack"),
    (0, b"\x89LZO\0\r\n\x1a\n", "lzop"),
    (0, b"RE~^", "rar"),
    (0, b"MSCF\0\0\0\0", "cab"),
    (20, b"\xdc\xa7\xc4\xfd", "zoo"),
    (0, b"xar!\0\x1c", "xar"),
    (0, b"MSWIM\0\0\0", "wim"),
    (0, b"Cr24\x02\0\0\0", "crx"),
    (0, b"Cr24\x03\0\0\0", "crx"),
    (0, b"%PDF-", "pdf"),
    (0, b"%!PS", "postscript"),
    (0, b"\xc5\xd0\xd3\xc6", "postscript"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (0, b"SQLite format 3\0", "sqlite"),
    (0, b"WARC/1.", "warc"),
    (0, b"ARROW1\0\0", "arrow"),
    (0, b"\xd9\xd9\xf7", "cbor"),
    (0, b"\x89HDF\r\n\x1a\n", "hdf5"),
    (0, b"\x93NUMPY", "npy"),
    (0, b"Obj\x01", "avro"),
    (0, b"\x80\x02c", "pickle"),
    (0, b"\x80\x02}q\0", "pickle"),
    (0, b"\x80\x03c", "pickle"),
    (0, b"\x80\x03}q\0", "pickle"),
    (0, b"\x80\x04\x95", "pickle"),
    (0, b"\x80\x05\x95", "pickle"),
    (0, b"wOFF", "woff"),
    (0, b"wOF2", "woff2"),
    (0, b"true\0", "ttf"),
    (0, b"ttcf\0", "ttf"),
    (0, b"OTTO\0", "otf"),
    (0, b"\0asm", "wasm"),
    (0, b"\x1a\x45\xdf\xa3", "webm"),
    (0, b"OggS", "ogg"),
    (0, b"ID3\x02", "mp3"),
    (0, b"ID3\x03", "mp3"),
    (0, b"ID3\x04", "mp3"),
    (0, b"fLaC", "flac"),
    (0, b"FLV\x01", "flv"),
    (0, b"\0\0\x01\xba", "mpeg"),
    (0, b"\0\0\x01\xb3", "mpeg-video"),
    (0, b"\0\0\x01\xb0", "mpeg4-video"),
    (0, b"DKIF\0\0", "ivf"),
    (0, b"\x12\0\x0a", "obu"),
    (0, b"YUV4MPEG2 ", "y4m"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (128, b"DICM", "dicom"),
    (0, b"\x76\x2f\x31\x01", "exr"),
    (0, b"#?RADIANCE", "hdr"),
    (8, b"ILBM", "iff"),
    (8, b"AIFF", "aiff"),
    (0, b"\xd7\xcd\xc6\x9a", "wmf"),
    (0, b"SIMPLE  =", "fits"),
    (0, b"\x7fELF", "elf"),
)
# the same by a file's first byte: only a few of them can begin it
_BY_FIRST = tuple(tuple(magic for magic in _MAGICS if magic[0] or magic[1][0] == first) for first in range(256))
_LONGEST = 300
# of PICTURES, those that are text: not every spelling that some reader takes is decoded here
_WRITTEN = ("pnm", "xbm", "xpm")
# brands of ISO base media files (the ftyp box): which are still pictures; every other is video
_AVIF = (b"avif", b"avis")
_HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"mif2", b"miaf")
_BOXES = (b"styp", b"moov", b"moof", b"mdat", b"sidx", b"free", b"wide", b"skip", b"emsg")

# what stands at both ends; at the beginning alone it may be a word
_ENDS = {b"PAR1": "parquet", b"PARE": "parquet", b"FEA1": "feather"}
# an X bitmap is C source; it opens with its width
_XBM = re.compile(rb"\s*(?:/\*.{0,2000}?\*/\s*)?#define[ \t]+\S{1,200}?_?width[ \t]+\d+\s", re.DOTALL)

# a delimiter line of a multipart body, and fields of which one is about its content
_MULTIPART = re.compile(
    rb"\s{0,100}--+[^\s-][^\r\n]{0,100}\r?\n"
    rb"(?:[\w-]{1,60}:[^\r\n]{0,1000}\r?\n(?:[ \t][^\r\n]{0,1000}\r?\n){0,20}){0,20}?"
    rb"Content-[\w-]{1,60}:",
    re.IGNORECASE,
)
# the head of a mail: MIME-Version or From, and another of its fields, among fields alone
_FIELD = rb"[!-9;-~]{1,100}:[^\r\n]{0,2000}\r?\n(?:[ \t][^\r\n]{0,2000}\r?\n){0,100}"
_MAIL = re.compile(
    rb"(From [^\r\n]{0,200}\r?\n)?(?=(?:"
    + _FIELD
    + rb"){0,100}?(?:MIME-Version|From|Content-Transfer-Encoding):)(?=(?:"
    + _FIELD
    + rb"){0,100}?(?:Content-(?:Type|Transfer-Encoding)|Subject|Date|Message-ID):)"
    rb"(?:" + _FIELD + rb"){1,200}\r?\n",
    re.IGNORECASE,
)


def sniff(data: bytes) -> str:
    """The kind of `data`: one of PICTURES, another known word ("zip"), or "" when nothing known fits.

    What the readers of crawlers take for a picture is one, whatever else it may be.
    """
    if not data:
        return ""
    kind = _by_magic(data)
    if kind in PICTURES and kind not in _WRITTEN:
        return kind
    return readers.picture(data) or written.kind(data) or kind


def _by_magic(data: bytes) -> str:
    for offset, magic, kind in _BY_FIRST[data[0]]:
        if data.startswith(magic, offset):
            return kind
    head = data[:_LONGEST]
    found = _riff(head) or _iso(head) or signs.kind(data) or _units(head) or containers.weak(data) or _weak(data)
    return found or signs.last(data)


def _riff(head: bytes) -> str:
    if head[:4] not in (b"RIFF", b"RIFX", b"RF64"):
        return ""
    return {b"WEBP": "webp", b"AVI ": "avi", b"WAVE": "wav"}.get(head[8:12], "riff")


def _iso(head: bytes) -> str:
    kind = head[4:8]
    size = int.from_bytes(head[:4], "big")
    if kind in _BOXES and (size < 2 or 8 <= size < 1 << 31):
        return "mp4"
    if kind != b"ftyp":
        return ""
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))]
    # the major brand first; "mif1" alone says only "pictures", then the compatible brands say of which codec
    if brands[0] in _AVIF or (brands[0] in (b"mif1", b"msf1", b"miaf") and any(b in _AVIF for b in brands)):
        return "avif"
    return "heic" if brands[0] in _HEIF else "mp4"


# the first unit of an H.264 stream: parameter sets, a delimiter, SEI or a picture; the same of an H.265 stream
_AVC = re.compile(rb"\0{2,8}\x01(?:[\x27\x47\x67].|\x09[\x10-\xf0]|\x06[\x00-\x2f]|[\x25\x45\x65])", re.DOTALL)
_HEVC = re.compile(rb"\0{2,8}\x01(?:\x40|\x42|\x44|\x46|\x4e|\x26|\x28|\x2a)\x01", re.DOTALL)


def _units(head: bytes) -> str:
    """Raw streams of H.264 and H.265: a start code, and what a stream may begin with."""
    return "h265" if _HEVC.match(head) else "h264" if _AVC.match(head) else ""


# length of a packet, and where in it the sync byte stands: M2TS has a time in front, 204 has a checksum behind
_TRANSPORT = ((188, 0), (192, 4), (204, 0))


def _weak(data: bytes) -> str:
    """Magics of two or three bytes, and none at all: the header has to make sense as a whole."""
    if (
        data[:2] == b"BM"
        and len(data) >= 26
        and int.from_bytes(data[14:18], "little") in (12, 40, 52, 56, 64, 108, 124)
    ):
        return "bmp"
    if (
        data[:4] in (b"\0\0\x01\0", b"\0\0\x02\0")
        and 0 < int.from_bytes(data[4:6], "little") <= 256
        and data[9:10] == b"\0"
    ):
        return "ico" if data[2] == 1 else "cur"
    if data[:1] == b"P" and data[1:2] in b"123456f" and len(data) > 8 and data[2:3] in b" \t\r\n#":
        return "pnm"
    if (
        data[:1] == b"\x0a"
        and data[1:2] in b"\0\x02\x03\x04\x05"
        and data[2:3] == b"\x01"
        and data[3:4] in b"\x01\x02\x04\x08"
    ):
        return "pcx"
    if any(len(data) >= 2 * n and data[at] == data[n + at] == 0x47 for n, at in _TRANSPORT):
        return "mpeg-ts"
    if len(data) > 4 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0 and data[1] & 6 and data[2] & 0xF0 not in (0, 0xF0):
        return "mp3"
    # a font's table directory: how many tables, and the largest power of two in that, times 16
    if (
        len(data) > 12
        and data[:5] == b"\0\x01\0\0\0"
        and data[5]
        and data[6] * 256 + data[7] == 1 << (data[5].bit_length() + 3)
    ):
        return "ttf"
    if data[:4] in _ENDS and data[:4] == data[-4:]:
        return _ENDS[data[:4]]
    if data[:4] == b"\xff\xff\xff\xff" and _is_arrow_stream(data):
        return "arrow"
    if _MULTIPART.match(data):
        return "multipart"
    if mail := _MAIL.match(data):
        return "mailbox" if mail[1] else "mail"
    if _XBM.match(data):
        return "xbm"
    return "tga" if _is_tga(data) else ""


def _is_arrow_stream(data: bytes) -> bool:
    """A message's length, and the table that it begins with."""
    size, root = int.from_bytes(data[4:8], "little"), int.from_bytes(data[8:12], "little")
    return 16 <= size <= len(data) - 8 and size % 8 == 0 and 4 <= root < size and root % 4 == 0


# image type -> bits a pixel it may have; 1 and 9 have a colour map, from 9 on they are run-length encoded
_TGA_DEPTHS = {1: (8, 16), 2: (15, 16, 24, 32), 3: (8, 16), 9: (8, 16), 10: (15, 16, 24, 32), 11: (8, 16)}


def _is_tga(data: bytes) -> bool:
    """TGA has a footer at best. Without it the header's fields have to agree with each other and with the length."""
    if len(data) < 18:
        return False
    fields: tuple[int, ...] = struct.unpack_from("<BBBHHBHHHHBB", data)
    id_length, has_map, kind, first, entries, entry_bits, _x, _y, width, height, depth, flags = fields
    if depth not in _TGA_DEPTHS.get(kind, ()) or not (width and height) or flags & 0xC0:
        return False
    if has_map != (kind in (1, 9)) and not (has_map == 1 and kind in (2, 10)):  # true colour may carry a map unused
        return False
    if (has_map and entry_bits not in (15, 16, 24, 32)) or (not has_map and (first or entries or entry_bits)):
        return False
    if data[-18:-2] == b"TRUEVISION-XFILE":
        return True
    begin = 18 + id_length + entries * ((entry_bits + 7) // 8)
    # a third of the pixels have to be there: a file that was cut off is still one
    return kind >= 9 or (len(data) - begin) * 3 >= width * height * ((depth + 7) // 8)
