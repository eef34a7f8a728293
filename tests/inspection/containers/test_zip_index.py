import io
import zipfile

import pytest
from facegate_addons.inspection.containers import zip_index


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        written.comment = b"a comment"
        written.writestr("one", b"1")
        written.writestr("two", b"22")
    return out.getvalue()


@pytest.mark.parametrize("before", [b"", b"#!/usr/bin/python\n"])
def test_members_and_where_they_are(before: bytes) -> None:
    data = before + archive()
    where = zip_index.directory(data)
    assert where.shift == len(before)
    assert data[where.comment :] == b"a comment"
    found = list(zip_index.members(data, where))
    assert [(member.name, member.size) for member in found] == [(b"one", 1), (b"two", 2)]
    places = [zip_index.place(data, member, where.begin) for member in found]
    assert [data[place.begin : place.end] for place in places] == [b"1", b"22"]


def test_a_directory_that_is_none() -> None:
    data = archive()
    for broken in (b"", data[:-30], data.replace(b"PK\1\2", b"PK\1\3"), data.replace(b"PK\5\6\0", b"PK\5\6\1")):
        with pytest.raises(zip_index.Disagreement):
            zip_index.directory(broken)


def test_every_entry_has_to_be_there() -> None:
    data = archive()
    end = data.rindex(b"PK\5\6")
    fewer = data[: end + 8] + b"\1\0\1\0" + data[end + 12 :]
    with pytest.raises(zip_index.Disagreement):
        list(zip_index.members(fewer, zip_index.directory(fewer)))
