"""Which opener opens which kind. A kind that stands in neither table is known by its bytes, and unsupported.

Openers are imported when the first body of their kind comes: most workers never see a database or a mail.
"""

from functools import cache
from importlib import import_module

from facegate_addons.inspection.parts import Opener

_PACKAGE = "facegate_addons.inspection."
# a kind that sniff.py names -> module:function
OPENERS: dict[str, str] = {
    "arrow": "records.arrow:arrow",
    "cbor": "records.cbor:cbor",
    "grpc": "records.protobuf:grpc",
    "iwa": "records.iwork:iwa",
    "mail": "records.mime:mail",
    "mailbox": "records.mime:mailbox",
    "messagepack": "records.messagepack:messagepack",
    "multipart": "records.mime:multipart",
    "ttf": "documents.sfnt:sfnt",
    "otf": "documents.sfnt:sfnt",
    "woff": "documents.woff:woff",
    "woff2": "documents.woff:woff2",
    "eot": "documents.woff:eot",
    **dict.fromkeys(
        "mp4 webm mpeg-ts mpeg mpeg-video mpeg4-video avi flv ivf obu y4m h264 h265 mjpeg".split(),  # noqa: SIM905
        "video.clips:clips",
    ),
    "7z": "containers.seven_zip:seven_zips",
    "ar": "containers.ar:ars",
    "bzip2": "containers.streams:bzip2s",
    "cpio": "containers.cpio:cpios",
    "gzip": "containers.streams:gzips",
    "lzma": "containers.streams:lzmas",
    "rpm": "containers.rpm:rpms",
    "tar": "containers.tars:tars",
    "xz": "containers.streams:xzs",
    "zip": "containers.zips:zips",
    "zlib": "containers.streams:zlibs",
    "zstd": "containers.streams:zstds",
    "parquet": "records.parquet:parquet",
    "protobuf": "records.protobuf:protobuf",
    "sqlite": "records.sqlite:sqlite",
    "warc": "records.warc:warc",
    "pfb": "documents.typeone:pfb",
    "cff": "documents.typeone:cff",
    "pdf": "documents.pdf:pdf",
    "ole": "documents.ole:ole",
    "mp3": "audio.mp3:mp3",
    "flac": "audio.flac:flac",
    "ogg": "audio.ogg:ogg",
    "wav": "audio.chunks:chunks",
    "aiff": "audio.chunks:chunks",
    "wasm": "programs.wasm:wasm",
    "elf": "programs.elf:elf",
    "pe": "programs.pe:pe",
    "coff": "programs.pe:coff",
    "macho": "programs.macho:macho",
    "universal": "programs.macho:universal",
    "class": "programs.portable:java",
    "pyc": "programs.portable:pyc",
    "mo": "programs.portable:catalogue",
    "npy": "programs.arrays:npy",
    "mat": "programs.matlab:mat",
    "mat4": "programs.matlab:old",
    "graph": "programs.graphs:graph",
    "stata": "programs.stata:stata",
    "fits": "programs.fits:fits",
    "flash": "programs.flash:flash",
    "literals": "programs.literals:literals",
    "shapefile": "programs.maps:shapes",
    "dbase": "programs.maps:dbase",
    "addresses": "programs.maps:addresses",
    "plist": "records.plist:plist",
    "folder": "programs.small:tiny",
    "pickle": "programs.pickled:pickled",
    "timezone": "programs.small:tiny",
    "terminfo": "programs.small:tiny",
    "bcmap": "programs.small:tiny",
    "der": "programs.small:der",
    "icc": "programs.small:icc",
    "riff": "programs.small:riff",
    "glb": "programs.small:glb",
    "heif-movie": "video.clips:beside_a_still",
}


@cache
def opener(kind: str) -> Opener | None:
    place = OPENERS.get(kind)
    if place is None:
        return None
    module, _, function = place.partition(":")
    found: Opener = getattr(import_module(_PACKAGE + module), function)
    return found
