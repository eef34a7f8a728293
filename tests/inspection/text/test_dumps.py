import random
import shutil
import subprocess
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.inspection.text.dumps import dumps
from hypothesis import given
from hypothesis import strategies as st

Look = Callable[..., Verdict]


def rows(data: bytes) -> list[tuple[int, bytes]]:
    return [(at, data[at : at + 16]) for at in range(0, len(data), 16)]


def shown(row: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)


def words(row: bytes, order: str) -> str:
    return " ".join(f"{int.from_bytes(row[at : at + 2], order):04x}" for at in range(0, len(row), 2))  # type: ignore[arg-type]


DUMPS: dict[str, Callable[[bytes], str]] = {
    "xxd": lambda d: "".join(f"{at:08x}: {words(row, 'big'):39}  {shown(row)}\n" for at, row in rows(d)),
    "hexdump -C": lambda d: "".join(f"{at:08x}  {row.hex(' '):48}  |{shown(row)}|\r\n" for at, row in rows(d)),
    "hexdump": lambda d: "".join(f"{at:07x} {words(row, 'little')}\n" for at, row in rows(d + bytes(len(d) % 2))),
    "Intel": lambda d: "".join(
        f":{len(row):02X}{at & 0xFFFF:04X}00{row.hex().upper()}{-sum(row) & 255:02X}\n" for at, row in rows(d)
    ),
    "Motorola, two bytes": lambda d: "".join(f"S1{len(row) + 3:02X}{at:04X}{row.hex()}00\r\n" for at, row in rows(d)),
    "Motorola, four bytes": lambda d: "".join(f"S3{len(row) + 5:02X}{at:08X}{row.hex()}00\n" for at, row in rows(d)),
    "od -b": lambda d: "".join(f"{at:07o} {' '.join(f'{b:03o}' for b in row)}\n" for at, row in rows(d)),
    "xxd -b": lambda d: "".join(
        f"{at:08x}: {' '.join(f'{b:08b}' for b in row)}  {shown(row)}\n" for at, row in rows(d)
    ),
}


@pytest.mark.parametrize("dump", DUMPS)
def test_a_face_is_found_and_coffee_passes(
    dump: str, look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    write = DUMPS[dump]
    assert isinstance(look(f"words\n{write(face_as(size=(128, 128)))}\nwords\n".encode()), Faces)
    assert isinstance(look(write(plain_as(size=(120, 80))).encode()), Clear)


@pytest.mark.parametrize("options", ["-An -tx1", "-tx4", "-td1", "-tu2", "-to1", "-c", "-tx1z"])
def test_as_od_prints(options: str, look: Look, face_as: Callable[..., bytes]) -> None:
    od = shutil.which("od")
    assert od
    printed = subprocess.run(
        [od, "-v", *options.split()], input=face_as(size=(128, 128)), capture_output=True, check=True
    )
    assert isinstance(look(printed.stdout), Faces)


def test_a_table_of_addresses_is_clear(look: Look) -> None:
    draw = random.Random(3)
    table = "".join(f"{draw.getrandbits(32):08x} {draw.getrandbits(16):04x} symbol_{n}\n" for n in range(400))
    assert isinstance(look(table.encode()), Clear)


@given(st.binary(max_size=300))
def test_never_raises(data: bytes) -> None:
    list(dumps(b"\n".join([data] * 30)))
    list(dumps(b"".join(b"%07o %b\n" % (at, data[:60]) for at in range(30))))
