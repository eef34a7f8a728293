"""Small sound files to begin with: every case of tests/evasion, of a picture of 48 pixels with a face and without."""

import functools
import os
import pickle
from dataclasses import dataclass
from pathlib import Path

from facegate_addons.inspection import sniff
from facegate_addons.inspection.records.declared import declared

MADE = "FUZZ_SEEDS"  # in the environment: a file of them, so that not each process makes them anew
SIDE = 48  # pixels
MOST = 48 << 10  # bytes


@dataclass(frozen=True)
class Seed:
    group: str
    kind: str
    body: bytes
    coding: bool = False


# kinds of which tests/evasion has no case
OTHERS: dict[str, bytes] = {
    "grpc": b"\0\0\0\0\x07\x0a\x05hello",
    "protobuf": b"\x0a\x05hello\x10\x96\x01\x1a\x04\x08\x01\x10\x02",
    "messagepack": b"\x82\xa1a\x01\xa1b\xc4\x04\0\1\2\3",
    "cbor": b"\xd9\xd9\xf7\xa2\x61a\x01\x61b\x44\0\1\2\3",
    "plist": b"bplist00\xd1\1\2Qa\x10\1\x08\x0b\x0d" + bytes(6) + b"\1\1" + bytes(7) + b"\3" + bytes(15) + b"\x0f",
    "der": bytes.fromhex("3081a02b0609608648016503040201") + bytes(150),
    "timezone": b"TZif2" + bytes(39) + b"TZif2" + bytes(39) + b"\nUTC0\n",
    "flv": b"FLV\1\5\0\0\0\x09\0\0\0\0\x12\0\0\5\0\0\0\0\0\0\0\2\0\2hi\0\0\0\x10",
    "y4m": b"YUV4MPEG2 W16 H16 F25:1 Ip A1:1 C420\nFRAME\n" + bytes(384),
    "stata": b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder><K>\1\0</K>",
    "mo": bytes.fromhex("de120495000000000100000 01c000000240000000000000000000000".replace(" ", "")) + bytes(16),
    "class": bytes.fromhex("cafebabe00000034000507000207000301000148010001490020000100020000000000000000"),
    "pe": b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0\x4c\1\1\0" + bytes(12) + b"\xe0\0\2\1\x0b\1" + bytes(262),
    "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b">\0\3\0\xfe\xff\x09\0\6\0" + bytes(1502),
    "flash": b"FWS\6\x20\0\0\0\x30\x0a\0\xa0\0\1\1\0\x43\2\xff\xff\xff\x40\0\0\0",
    "glb": b"glTF\2\0\0\0\x20\0\0\0\x0c\0\0\0JSON{}          ",
    "icc": bytes(36) + b"acsp" + bytes(88) + b"\0\0\0\1desc\0\0\0\x90\0\0\0\x0c" + bytes(12),
    "pfb": b"\x80\1\x14\0\0\0%!PS-AdobeFont-1.0: \x80\2\4\0\0\0abcd\x80\3",
    "coff": b"\x64\x86\1\0" + bytes(16) + b".text\0\0\0" + bytes(32),
    "macho": b"\xcf\xfa\xed\xfe\7\0\0\1\3\0\0\0\2\0\0\0\0\0\0\0" + bytes(12),
    "universal": b"\xca\xfe\xba\xbe\0\0\0\1\1\0\0\7\0\0\0\3\0\0\0\x1c\0\0\0\x20\0\0\0\0" + bytes(32),
    "rpm": b"\xed\xab\xee\xdb\3\0" + bytes(90) + b"\x8e\xad\xe8\1" + bytes(12),
    "mat": b"MATLAB 5.0 MAT-file"
    + b" " * 105
    + b"\0\1IM"
    + b"\x0e\0\0\0\x30\0\0\0\6\0\0\0\x08\0\0\0\6\0\0\0"
    + bytes(28),
    "shapefile": b"\0\0\x27\x0a" + bytes(20) + b"\0\0\0\x32\xe8\3\0\0\1\0\0\0" + bytes(64),
    "dbase": b"\3\x7a\1\1\1\0\0\0\x41\0\2\0"
    + bytes(20)
    + b"A"
    + bytes(10)
    + b"C\0\0\0\0\1"
    + bytes(15)
    + b"\x0d A\x1a",
    "literals": b"wOCI" + bytes(60),
    "obu": b"\x12\0\x0a\x0b\0\0\0\4\x3c\xff\xbc\xff\xfe\x38\0\x32\4\x10\0\0\0",
    "eot": bytes(8) + b"\2\0\2\0" + bytes(22) + b"LP" + bytes(46),
    "cff": b"\1\0\4\1\0\1\1\1\2A\0\0\0\0\0",
    "iwa": b"\0\x05\0\0\4\x0chello",
    "ogg": b"OggS\0\2" + bytes(20) + b"\1\x1e\1vorbis" + bytes(23),
    "lzma": b"\x5d\0\0\x80\0" + b"\xff" * 8 + bytes(10),
    "mpeg4-video": b"\0\0\1\xb0\1\0\0\1\xb5\x09\0\0\1\0\0\0\1\x20" + bytes(30),
    "aiff": b"FORM\0\0\0\x2eAIFFCOMM\0\0\0\x12\0\1\0\0\0\1\0\x08" + bytes(10) + b"SSND\0\0\0\x08" + bytes(8),
    "riff": b"RIFF\x10\0\0\0ACONanih\4\0\0\0abcd",
    "pyc": b"\xf3\x0d\x0d\x0a" + bytes(12) + b"\xe3" + bytes(30),
    "otf": b"OTTO\0\1\0\x10\0\0\0\0name\0\0\0\0\0\0\0\x1c\0\0\0\6\0\0\0\0\0\6",
    "woff": b"wOFFOTTO\0\0\0\x2c\0\0\0\0" + bytes(28),
    "graph": b"\x08\x07\x12\x04test\x3a\x02\x0a\x00",
    "mat4": bytes(4) + b"\1\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0a\0" + bytes(8),
}


@functools.cache
def seeds(*only: str) -> tuple[Seed, ...]:
    """`only`: cases with these ids, for who has no time for all."""
    if made_before := os.environ.get(MADE):
        return tuple(pickle.loads(Path(made_before).read_bytes()))  # noqa: S301 - our own, of a moment ago
    from evasion.listed import EVERY  # what makes them takes seconds to import
    from evasion.walked import face, nobody

    made = [Seed("", kind, body) for kind, body in OTHERS.items()]
    for case in EVERY:
        if only and case.id not in only:
            continue
        for picture in (face().small(SIDE), nobody().small(SIDE)):
            body, coding = case.body(picture), any(name.lower() == "content-encoding" for name, _ in case.head(picture))
            if len(body) <= MOST:
                kind = sniff.sniff(body) or declared(body, case.content_type)
                made.append(Seed(case.group, kind, body, coding))
    return tuple(made)
