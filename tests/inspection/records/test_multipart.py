import pytest
from facegate_addons.inspection.records.multipart import Member, Splitter, boundary, fields, split

MIXED = (
    b"This is a preamble.\r\n--x\r\nContent-Type: text/plain\r\n\r\none\r\n--x\r\n\r\ntwo\r\nlines\r\n"
    b"--x\r\nContent-Type: text/plain\r\n\r\n\r\n--x--\r\nAn epilogue."
)


def bodies(members: list[Member]) -> list[bytes]:
    return [member.body for member in members if member.body or member.part]


def test_a_body_is_split_into_its_parts_and_nothing_is_lost() -> None:
    members = split(MIXED, b"x")
    assert bodies(members) == [b"This is a preamble.\r\n", b"one", b"two\r\nlines", b"", b"An epilogue."]
    assert [member.part for member in members] == [False, True, True, True, False]
    assert members[1].field("content-type") == "text/plain"
    assert b"".join(member.raw for member in members) == MIXED
    assert not any(member.doubtful for member in members)


@pytest.mark.parametrize("step", [1, 2, 3, 7, 50])
def test_it_does_not_matter_how_the_bytes_come(step: int) -> None:
    splitter = Splitter(b"x")
    members = [member for at in range(0, len(MIXED), step) for member in splitter.feed(MIXED[at : at + step])]
    assert [*members, *splitter.close()] == split(MIXED, b"x")
    assert splitter.pending == 0


def test_a_part_is_complete_when_its_delimiter_line_is() -> None:
    splitter = Splitter(b"frame")
    assert splitter.feed(b"--frame\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\xff\r\n--fra") == []
    assert splitter.pending > 30
    assert splitter.feed(b"me") == []
    (member,) = splitter.feed(b"\r\nContent-")
    assert member.body == b"\xff\xd8\xff"
    assert not member.doubtful
    (last,) = splitter.feed(b"Type: image/jpeg\n\nxyz\n--frame--\n")
    assert last.body == b"xyz"


def test_lines_may_end_in_lf_and_the_last_delimiter_may_be_missing() -> None:
    members = split(b"--x\nA: b\n\none\n--x\nA: b\n\ntwo", b"x")
    assert bodies(members) == [b"one", b"two"]
    assert not any(member.doubtful for member in members)


def test_servers_that_declare_the_delimiter_itself_are_understood() -> None:
    assert bodies(split(b"--x\r\n\r\none\r\n--x--", b"--x")) == [b"one"]
    assert bodies(split(b"----x\r\n\r\none\r\n----x--", b"--x")) == [b"one"]


def test_a_delimiter_right_behind_a_jpeg_is_one() -> None:
    jpeg = b"\xff\xd8\xff\xe0 pixels \xff\xd9"
    members = split(b"--x\r\nA: b\r\n\r\n" + jpeg + b"--x\r\nA: b\r\n\r\n" + jpeg + b"--x--", b"x")
    assert bodies(members) == [jpeg, jpeg]
    assert not any(member.doubtful for member in members)


@pytest.mark.parametrize(
    "body",
    [
        b"--x\r\n\r\none --x\r\n\r\ntwo\r\n--x--",  # in the middle of a line
        b"--x\r\n\r\none\r\n--xy\r\n\r\ntwo\r\n--x--",  # another boundary with the same beginning
        b"--x\r\n\r\none\r\n--x\rA: b\r\n\r\ntwo\r\n--x--",  # a lone CR
        b"--x\r\n\r\none\r\n--x--\r\n--x\r\n\r\ntwo\r\n--x--",  # parts behind the last
        b"--x\r\nA: b\n\nC: d\r\n\r\none\r\n--x--",  # two ends of the head
        b"--x\r\nA: b\r\nC: d\n\r\none\r\n--x--",
        b"--x\r\nno field\r\n\r\none\r\n--x--",
        b"--x\r\nA: b\rC: d\r\n\r\none\r\n--x--",
        b"--x\r\nContent-Type: text/plain\r\nContent-Type: image/png\r\n\r\none\r\n--x--",
        b"--x\r\nContent-Length: 1\r\n\r\none\r\n--x--",
        b"--x\r\nContent-Length: 100\r\n\r\none\r\n--x--",
        b"--x\r\nContent-Length: -3\r\n\r\none\r\n--x--",
        b"--x\r\n" + b"A: b\r\n" * 5000 + b"\r\none\r\n--x--",
    ],
)
def test_what_readers_differ_over_is_doubtful(body: bytes) -> None:
    members = split(body, b"x")
    assert any(member.doubtful for member in members)
    assert b"".join(member.raw for member in members) == body


@pytest.mark.parametrize("length", [b"3", b"5"])
def test_a_true_length_is_no_doubt(length: bytes) -> None:
    member, _ = split(b"--x\r\nContent-Length: " + length + b"\r\n\r\none\r\n--x--", b"x")
    assert not member.doubtful


def test_many_dashes_take_no_time() -> None:
    body = b"-" * 3_000_000
    splitter = Splitter(b"x")
    for at in range(0, len(body), 100_000):
        assert splitter.feed(body[at : at + 100_000]) == []
    assert splitter.pending == len(body)


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("multipart/mixed; boundary=x", b"x"),
        ('multipart/related; type="a/b"; BOUNDARY="a b;c" ; start=1', b"a b;c"),
        ("multipart/mixed", b""),
        ("multipart/mixed; boundary=x; boundary=y", b""),
        ("multipart/mixed; xboundary=x", b""),
    ],
)
def test_the_boundary_is_read_from_the_declared_type(declared: str, expected: bytes) -> None:
    assert boundary(declared) == expected


@pytest.mark.parametrize("name", [b"", b"--", b"x" * 300])
def test_no_boundary_is_refused(name: bytes) -> None:
    with pytest.raises(ValueError, match="no boundary"):
        Splitter(name)


def test_folded_fields_are_joined_and_what_is_no_field_is_none() -> None:
    assert fields(b"A: b\r\n c\r\nD : e") == [("a", "b c"), ("d", "e")]
    assert fields(b"") == []
    assert fields(b"A: b\r\nno field") is None


def test_many_delimiters_in_the_middle_of_lines_take_little_time() -> None:
    members = split(b"\xff\xd9--x\n" * 50_000, b"x")
    assert len(members) == 50_001
