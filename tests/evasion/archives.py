"""Archives, databases, serialised data and programs: anything that has members or fields."""

import gzip
import io
import lzma
import pickle
import plistlib
import sqlite3
import struct
import tarfile
import zipfile
import zlib

import cbor2
import msgpack
import numpy as np
import py7zr
import pyarrow as pa
import pyarrow.parquet
from evasion.case import Picture, evasion, innocent
from evasion.documents import zipped

METHODS = {
    "stored": zipfile.ZIP_STORED,
    "deflated": zipfile.ZIP_DEFLATED,
    "bzip2": zipfile.ZIP_BZIP2,
    "lzma": zipfile.ZIP_LZMA,
}
for name, method in METHODS.items():

    @evasion("arc", f"zip, {name}", "application/zip")
    def zip_of(picture: Picture, method: int = method) -> bytes:
        return zipped({"a.txt": b"hello", "b.jpg": picture.jpeg}, method)


for levels in (2, 5, 12):

    @evasion("arc", f"zip nested {levels} times", "application/zip", open=levels < 6)
    def zip_nested(picture: Picture, levels: int = levels) -> bytes:
        data = picture.jpeg
        for _ in range(levels):
            data = zipped({"inner.bin": data})
        return data


for label in ("crx", "jar", "apk", "whl", "cbz", "kmz", "usdz", "3mf", "ipa"):

    @evasion("arc", f"zip called {label}")
    def zip_called(picture: Picture) -> bytes:
        return zipped({"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n", "icon.jpg": picture.jpeg})


@evasion("arc", "crx", "application/x-chrome-extension", open=False)
def crx(picture: Picture) -> bytes:
    return b"Cr24" + struct.pack("<II", 3, 16) + bytes(16) + zipped({"a.jpg": picture.jpeg})


@evasion("arc", "zip behind junk", "application/zip", open=False)
def zip_behind(picture: Picture) -> bytes:
    return b"#!/usr/bin/env python3\n" + zipped({"a.jpg": picture.jpeg}, zipfile.ZIP_STORED)


@evasion("arc", "zip, comment", "application/zip", open=False)
def zip_comment(picture: Picture) -> bytes:
    data = zipped({"a.txt": b"hello"})
    jpeg = picture.jpeg[:65_000]
    return data[:-2] + struct.pack("<H", len(jpeg)) + jpeg


@evasion("arc", "zip, a member the directory does not list", "application/zip", open=False)
def zip_hidden(picture: Picture) -> bytes:
    """The crawler may read from the front."""
    hidden = zipped({"a.jpg": picture.jpeg}, zipfile.ZIP_STORED)
    hidden = hidden[: hidden.index(b"PK\x01\x02")]
    plain = zipped({"a.txt": b"hello"})
    at = plain.index(b"PK\x01\x02")
    end = plain.index(b"PK\x05\x06")
    directory = plain[at:end][:42] + struct.pack("<I", len(hidden)) + plain[at + 46 : end]
    tail = plain[end : end + 16] + struct.pack("<I", len(hidden) + at) + plain[end + 20 :]
    return hidden + plain[:at] + directory + tail


@evasion("arc", "zip, a member's extra field", "application/zip", open=False)
def zip_extra(picture: Picture) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("a.txt")
        jpeg = picture.small(256).jpeg
        info.extra = struct.pack("<HH", 0x7777, len(jpeg)) + jpeg
        archive.writestr(info, b"hello")
    return out.getvalue()


@evasion("arc", "zip without a directory", "application/zip", open=False)
def zip_cut(picture: Picture) -> bytes:
    data = zipped({"a.jpg": picture.jpeg})
    return data[: data.index(b"PK\x01\x02")]


@evasion("arc", "zip of raw deflate that a name hides", "application/zip")
def zip_named(picture: Picture) -> bytes:
    return zipped({"../../../etc/passwd": picture.jpeg, "": b""})


# which of the two a reader opens is its own choice
@evasion("arc", "two zips one behind the other", "application/zip", open=False)
def zip_twice(picture: Picture) -> bytes:
    return zipped({"a.jpg": picture.jpeg}) + zipped({"a.txt": b"hello"})


def tar(data: bytes, mode: str = "w", form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=form) as archive:
        info = tarfile.TarInfo("a.jpg")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


for mode in ("w", "w:gz", "w:bz2", "w:xz"):

    @evasion("arc", f"tar {mode[2:]}".strip(), "application/x-tar")
    def tar_of(picture: Picture, mode: str = mode) -> bytes:
        return tar(picture.jpeg, mode)


@evasion("arc", "tar of gzip of tar", "application/x-tar")
def tar_nested(picture: Picture) -> bytes:
    return tar(gzip.compress(tar(picture.jpeg)), "w:xz")


@evasion("arc", "tar of 1979", "application/x-tar", open=False)
def tar_v7(picture: Picture) -> bytes:
    """Without "ustar"."""
    data = bytearray(tar(picture.jpeg, form=tarfile.USTAR_FORMAT))
    data[257:265] = bytes(8)
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


@evasion("arc", "tar, a pax header", "application/x-tar")
def tar_pax(picture: Picture) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("a.txt")
        info.pax_headers = {"comment": picture.small(256).jpeg.hex()}
        archive.addfile(info)
    return out.getvalue()


@evasion("arc", "tar, behind the end", "application/x-tar", open=False)
def tar_behind(picture: Picture) -> bytes:
    return tar(b"hello") + picture.jpeg


@evasion("arc", "cpio", "application/x-cpio", open=False)
def cpio(picture: Picture) -> bytes:
    def entry(name: bytes, data: bytes) -> bytes:
        fields = (1, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + name + b"\0"
        return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)

    return entry(b"a.jpg", picture.jpeg) + entry(b"TRAILER!!!", b"")


@evasion("arc", "ar", "application/x-archive")
def ar(picture: Picture) -> bytes:
    head = b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (b"a.jpg/", 0, 0, 0, b"100644", len(picture.jpeg))
    return b"!<arch>\n" + head + picture.jpeg + b"\n" * (len(picture.jpeg) % 2)


@evasion("arc", "7z", "application/x-7z-compressed")
def seven(picture: Picture) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.writestr(picture.jpeg, "a.jpg")
    return out.getvalue()


@evasion("arc", "rar, stored", "application/vnd.rar", open=False)
def rar(picture: Picture) -> bytes:
    data = picture.jpeg
    head = struct.pack("<BHHIIBIIBBHI", 0x74, 0x8000, 37, len(data), len(data), 3, zlib.crc32(data), 0, 20, 0x30, 5, 32)
    block = head + b"a.jpg"
    first = struct.pack("<BHH", 0x73, 0, 13) + bytes(6)
    crc = lambda part: struct.pack("<H", zlib.crc32(part) & 0xFFFF) + part  # noqa: E731
    return b"Rar!\x1a\x07\0" + crc(first) + crc(block) + data


@evasion("arc", "cab, stored", "application/vnd.ms-cab-compressed", open=False)
def cab(picture: Picture) -> bytes:
    return b"MSCF" + bytes(32) + picture.jpeg


@evasion("arc", "SQLite blob", "application/vnd.sqlite3")
def sqlite(picture: Picture) -> bytes:
    base = sqlite3.connect(":memory:")
    with base:
        base.execute("create table p (id integer, data blob)")
        base.execute("insert into p values (1, ?)", (picture.jpeg,))
    data = base.serialize()
    base.close()
    return data


@evasion("arc", "SQLite, deleted row", "application/vnd.sqlite3", residual=True)
def sqlite_deleted(picture: Picture) -> bytes:
    """In the free list, in pages of 4 KB with a link at the head of each; small enough to be in one."""
    base = sqlite3.connect(":memory:")
    with base:
        base.execute("pragma secure_delete=off")
        base.execute("create table p (id integer, data blob)")
        base.execute("insert into p values (1, ?)", (picture.small(96).jpeg[:3500],))
        base.execute("insert into p values (2, 'hello')")
        base.execute("delete from p where id = 1")
    data = base.serialize()
    base.close()
    return data


@evasion("arc", "SQLite, text in hex", "application/vnd.sqlite3")
def sqlite_text(picture: Picture) -> bytes:
    base = sqlite3.connect(":memory:")
    with base:
        base.execute("create table p (data text)")
        base.execute("insert into p values (?)", (picture.jpeg.hex(),))
    data = base.serialize()
    base.close()
    return data


@evasion("arc", "MessagePack", "application/msgpack")
def messagepack(picture: Picture) -> bytes:
    return msgpack.packb({"p": picture.jpeg})


# the first of the pieces begins as a picture, and breaks off
@evasion("arc", "MessagePack, pieces", "application/msgpack", open=False)
def messagepack_pieces(picture: Picture) -> bytes:
    return msgpack.packb([picture.jpeg[at : at + 200] for at in range(0, len(picture.jpeg), 200)])


# thousands of numbers in a record may be pixels
@evasion("arc", "MessagePack, integers", "application/msgpack", open=False)
def messagepack_integers(picture: Picture) -> bytes:
    return msgpack.packb(list(picture.small(256).jpeg))


@evasion("arc", "CBOR", "application/cbor")
def cbor(picture: Picture) -> bytes:
    return cbor2.dumps({"p": picture.jpeg})


@evasion("arc", "CBOR, chunks", "application/cbor")
def cbor_chunks(picture: Picture) -> bytes:
    pieces = (picture.jpeg[at : at + 200] for at in range(0, len(picture.jpeg), 200))
    return b"\xd9\xd9\xf7\x5f" + b"".join(cbor2.dumps(piece) for piece in pieces) + b"\xff"


@evasion("arc", "BSON", "application/bson", open=False)  # no opener
def bson(picture: Picture) -> bytes:
    body = b"\x05p\0" + struct.pack("<iB", len(picture.jpeg), 0) + picture.jpeg + b"\0"
    return struct.pack("<i", len(body) + 4) + body


@evasion("arc", "UBJSON", "application/ubjson", open=False)
def ubjson(picture: Picture) -> bytes:
    return b"{i\1p[$U#l" + struct.pack(">i", len(picture.jpeg)) + picture.jpeg + b"}"


@evasion("arc", "protobuf", "application/x-protobuf")
def protobuf(picture: Picture) -> bytes:
    size = len(picture.jpeg)
    return b"\x08\x01\x12" + bytes([size & 127 | 128, size >> 7 & 127 | 128, size >> 14]) + picture.jpeg


@evasion("arc", "pickle")
def pickled(picture: Picture) -> bytes:
    return pickle.dumps({"p": picture.jpeg})


@evasion("arc", "marshal", open=False)
def marshalled(picture: Picture) -> bytes:
    import marshal

    return marshal.dumps((picture.jpeg, "hello"))


@evasion("arc", "npy")
def npy(picture: Picture) -> bytes:
    out = io.BytesIO()
    np.save(out, np.asarray(picture.image))
    return out.getvalue()


@evasion("arc", "npz")
def npz(picture: Picture) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, np.asarray(picture.image))
    return out.getvalue()


def arrow_table(picture: Picture) -> pa.Table:
    return pa.table({"id": [1], "image": [{"bytes": picture.jpeg, "path": "a.jpg"}]})


@evasion("arc", "Parquet", "application/vnd.apache.parquet")
def parquet(picture: Picture) -> bytes:
    out = io.BytesIO()
    pyarrow.parquet.write_table(arrow_table(picture), out)
    return out.getvalue()


@evasion("arc", "Arrow file", "application/vnd.apache.arrow.file")
def arrow_file(picture: Picture) -> bytes:
    out, table = io.BytesIO(), arrow_table(picture)
    with pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


@evasion("arc", "Arrow stream", "application/vnd.apache.arrow.stream")
def arrow_stream(picture: Picture) -> bytes:
    out, table = io.BytesIO(), arrow_table(picture)
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


@evasion("arc", "Avro", "application/avro", open=False)
def avro(picture: Picture) -> bytes:
    def number(value: int) -> bytes:
        value, out = value << 1, b""
        while value > 127:
            out, value = out + bytes([value & 127 | 128]), value >> 7
        return out + bytes([value])

    def sized(data: bytes) -> bytes:
        return number(len(data)) + data

    head = b"Obj\1" + number(1) + sized(b"avro.schema") + sized(b'"bytes"') + b"\0" + bytes(16)
    block = sized(picture.jpeg)
    return head + number(1) + sized(block) + bytes(16)


@evasion("arc", "TFRecord", open=False)
def tfrecord(picture: Picture) -> bytes:
    return struct.pack("<QI", len(picture.jpeg), 0) + picture.jpeg + bytes(4)


@evasion("arc", "safetensors", open=False)
def safetensors(picture: Picture) -> bytes:
    rgb = picture.image.tobytes()
    head = b'{"p":{"dtype":"U8","shape":[%d],"data_offsets":[0,%d]}}' % (len(rgb), len(rgb))
    return struct.pack("<Q", len(head)) + head + rgb


@evasion("arc", "binary property list", "application/x-bplist", open=False)  # no opener
def bplist(picture: Picture) -> bytes:
    return plistlib.dumps({"p": picture.jpeg}, fmt=plistlib.FMT_BINARY)


def woff(tables: dict[bytes, bytes]) -> bytes:
    entries, body, at = b"", b"", 44 + 20 * len(tables)
    for tag, data in tables.items():
        packed = zlib.compress(data)
        packed = packed if len(packed) < len(data) else data
        entries += struct.pack(">4sIIII", tag, at + len(body), len(packed), len(data), 0)
        body += packed + bytes(-len(packed) % 4)
    total = at + len(body)
    return (
        struct.pack(">4s4sIHHIHHIIIII", b"wOFF", b"\0\1\0\0", total, len(tables), 0, total, 1, 0, 0, 0, 0, 0, 0)
        + entries
        + body
    )


@evasion("arc", "WOFF, a table", "font/woff", open=False)
def woff_table(picture: Picture) -> bytes:
    return woff({b"Phot": picture.jpeg})


@evasion("arc", "WOFF in name only", "font/woff", open=False)
def woff_name(picture: Picture) -> bytes:
    return b"wOFF" + bytes(40) + zlib.compress(picture.png)


@evasion("arc", "WOFF2 in name only", "font/woff2", open=False)
def woff2_name(picture: Picture) -> bytes:
    return b"wOF2" + bytes(44) + picture.jpeg


@evasion("arc", "TrueType, a table", "font/ttf", open=False)
def ttf(picture: Picture) -> bytes:
    jpeg = picture.jpeg
    return b"\0\1\0\0\0\1\0\x10\0\0\0\0" + struct.pack(">4sIII", b"Phot", 0, 28, len(jpeg)) + jpeg


@evasion("arc", "WebAssembly, a custom section", "application/wasm")
def wasm(picture: Picture) -> bytes:
    def leb(value: int) -> bytes:
        return bytes([value & 127 | 128, value >> 7 & 127 | 128, value >> 14])

    body = b"\x01p" + picture.jpeg
    return b"\0asm\1\0\0\0\0" + leb(len(body)) + body


@evasion("arc", "WebAssembly, data", "application/wasm")
def wasm_data(picture: Picture) -> bytes:
    def leb(value: int) -> bytes:
        return bytes([value & 127 | 128, value >> 7 & 127 | 128, value >> 14])

    body = b"\x01\x01" + leb(len(picture.jpeg)) + picture.jpeg
    return b"\0asm\1\0\0\0\x05\x03\x01\0\x02\x0b" + leb(len(body)) + body


@evasion("arc", "executable", "application/x-executable", open=False)
def elf(picture: Picture) -> bytes:
    return b"\x7fELF\x02\x01\x01" + bytes(57) + picture.jpeg


@evasion("arc", "gzip of tar of zip", "application/gzip")
def mixed(picture: Picture) -> bytes:
    return gzip.compress(tar(zipped({"a.jpg": picture.jpeg})))


@evasion("arc", "xz of tar behind an innocent picture", "image/png")
def behind(picture: Picture) -> bytes:
    return innocent("PNG") + lzma.compress(tar(picture.jpeg))
