"""Archives: in each other, with members that overlap, with too many, with one that is too large."""

import io
import struct
import tarfile
import zipfile

import py7zr

from benchmarks.hostile.case import body, face

ZIP = "application/zip"
OVERLAPPING = 60_000  # entries of the directory, all for one member


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=9) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


@body("archives", "zip in zip, forty deep", "limit-depth", kind=ZIP)
def deep() -> bytes:
    data = face()
    for _ in range(40):
        data = zipped({"a.zip": data})
    return data


@body("archives", "zip of 16 zips of 16 zips, as 42.zip", "limit-decoded", "unknown-type", kind=ZIP)
def forty_two() -> bytes:
    data = zipped({"0": bytes(1 << 26)})
    for _ in range(4):
        data = zipped({f"{number:x}.zip": data for number in range(16)})
    return data


@body("archives", "zip, one member under 60,000 names", "undecodable", "limit-members", "limit-decoded", kind=ZIP)
def overlapping() -> bytes:
    """Each entry of the directory points at the same bytes."""
    one = zipped({"a": bytes(10 << 20)})
    at, end = one.index(b"PK\x01\x02"), one.rindex(b"PK\x05\x06")
    directory = one[at:end] * OVERLAPPING
    many = OVERLAPPING.to_bytes(2, "little")
    return one[:at] + directory + b"PK\x05\x06" + bytes(4) + many + many + struct.pack("<IIH", len(directory), at, 0)


@body("archives", "zip, members that overlap one another", "undecodable", "limit-decoded", kind=ZIP)
def quoted() -> bytes:
    """Each member is a stored one that has all later members in it."""
    members: list[tuple[str, bytes]] = []
    inner = b""
    for number in range(1_000):
        name = f"{number:04}"
        inner = _local(name, inner, face() if not inner else b"")
        members.append((name, inner))
    whole = members[-1][1]
    directory = b"".join(_central(name, len(data) - 34, len(whole) - len(data)) for name, data in reversed(members))
    count = len(members).to_bytes(2, "little")
    return (
        whole
        + directory
        + b"PK\x05\x06"
        + bytes(4)
        + count
        + count
        + struct.pack("<IIH", len(directory), len(whole), 0)
    )


def _local(name: str, inner: bytes, data: bytes) -> bytes:
    size = len(inner) + len(data)
    return struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 33, 0, size, size, 4, 0) + name.encode() + data + inner


def _central(name: str, size: int, at: int) -> bytes:
    fields = (b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, size, size, 4, 0, 0, 0, 0, 0, at)
    return struct.pack("<4s6H3L5H2L", *fields) + name.encode()


@body("archives", "zip, 100,000 members", "limit-members", kind=ZIP)
def members() -> bytes:
    return zipped({f"{number:06}.txt": b"x" for number in range(100_000)} | {"a.jpg": face()}, zipfile.ZIP_STORED)


@body("archives", "zip, one member of 1 GB", "limit-decoded", kind=ZIP)
def large() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.bin", "w") as member:
        for _ in range(64):
            member.write(bytes(1 << 24))
        member.write(face())
    return out.getvalue()


@body(
    "archives",
    "7z, one member of 512 MB",
    "limit-decoded",
    "limit-time",
    "limit-memory",
    kind="application/x-7z-compressed",
)
def seven() -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.writestr(bytes(1 << 29), "a.bin")
    return out.getvalue()


@body("archives", "tar, 50,000 members", "limit-members", kind="application/x-tar")
def tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for number in range(50_000):
            member = tarfile.TarInfo(f"{number}")
            member.size = 1
            archive.addfile(member, io.BytesIO(b"x"))
    return out.getvalue()
