import pytest
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.cutting import PIECE_MAX, TEXT_MAX, Overlong
from facegate_addons.hooks.messages import FRAMING, Messages, closing, frame
from wsproto.frame_protocol import FrameProtocol, Opcode

PICTURE = b"\xff\xd8\xff\xe0 a picture \xff\xd9"
OTHER = b"\x1f\x8b\x08 packed \xff"


def fed(*pieces):
    messages = Messages()
    return [window for piece in pieces for window in messages.feed(piece)]


def text(data):
    return frame(Opcode.TEXT, data)


def binary(data):
    return frame(Opcode.BINARY, data)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 70000])
@pytest.mark.parametrize("opcode", [Opcode.TEXT, Opcode.BINARY])
def test_a_message_leaves_as_one_frame(size, opcode):
    said = frame(opcode, b"a" * size)
    (window,) = fed(said)
    assert window.data == said
    reader = FrameProtocol(client=True, extensions=[])
    reader.receive_bytes(window.data)
    assert sum(len(each.payload) for each in reader.received_frames()) == size


def test_fragments_are_put_together_however_they_come():
    said = b"\x01\x02h\xc3" + b"\x89\x01p" + b"\x00\x01\xa4" + b"\x80\x01!"
    for size in (1, 3, len(said)):
        (window,) = fed(*(said[at : at + size] for at in range(0, len(said), size)))
        assert window.data == text("hä!".encode())


def test_text_is_looked_at_with_all_before_it():
    first, second, third = fed(text(b"one"), text(b"two") + binary(b"three"), text(b"four"))
    assert second.data == text(b"two") + binary(b"three")  # what comes together leaves together
    assert (first.payload.body, second.payload.body) == (b"one\n", b"one\ntwo\nthree\n")
    assert third.payload.headers[0] == "onetwothreefour"
    assert first.text


def test_marks_behind_records_and_frames_are_no_text():
    for said in (b'{"type": 6}\x1e{"type": 6}\x1e', b"CONNECTED\n\n\0"):
        for whole in (text(said), binary(said)):
            (window,) = fed(whole)
            assert window.data == whole
            assert window.payload.body.strip(b"\n") == said.replace(b"\x1e", b"\n").strip(b"\0\n")


def test_tokens_in_text_are_joined():
    (window,) = fed(text(b'{"n": 1, "d": "' + b"A" * 20 + b'"}') + text(b'{"n": 2, "d": "' + b"B" * 20 + b'"}'))
    assert window.payload.headers[1] == "A" * 20 + "B" * 20


def test_a_picture_is_a_body_of_its_own():
    windows = fed(binary(PICTURE) + text(b"x") + binary(PICTURE))
    assert [window.data for window in windows] == [binary(PICTURE), text(b"x"), binary(PICTURE)]
    for window in (windows[0], windows[2]):
        assert (window.payload.body, window.text, window.joined) == (PICTURE, False, None)


def test_what_else_is_binary_is_looked_at_alone_and_joined():
    first, second, third = fed(binary(OTHER) + binary(PICTURE), binary(b"\0more"))
    assert (first.payload.body, first.joined, first.text) == (OTHER, None, True)
    assert second.payload.body == PICTURE
    assert (third.payload.body, third.joined.body, third.text) == (b"\0more", OTHER + b"\0more", True)


def test_of_control_frames_nothing_is_a_window():
    messages = Messages()
    said = b"\x89\x04ping\x8a\x04pong" + text(b"x") + b"\x88\x06\x03\xe8why?" + text(b"after")
    (window,) = messages.feed(said)
    assert window.data == text(b"x")
    assert (messages.ping, messages.code) == (b"ping", 1000)
    assert list(messages.close()) == []


@pytest.mark.parametrize(
    "said", [b"\xc1\x01a", b"\x80\x00", b"\x81\x81abcde", b"\x81\x01\xff", b"\x83\x00", b"\x09\x00"]
)
def test_what_is_no_websocket(said):
    with pytest.raises(Overlong) as broken:
        fed(said)
    assert broken.value.reason is Reason.ORIGIN_PROTOCOL


def test_everything_has_an_end():
    fed(*[text(b"x" * 9_900)] * (TEXT_MAX // 10_000))
    for endless in (
        [text(b"x" * 9_998)] * (TEXT_MAX // 10_000 + 1),
        [binary(OTHER + b"x" * 9_998)] * (TEXT_MAX // 10_000 + 1),
        [text(b"") * 1_000] * (TEXT_MAX // FRAMING // 1_000 + 1),
        [b"\x89\x00" * 1_000] * (TEXT_MAX // FRAMING // 1_000 + 1),
        [b"\x02\x00", *[b"\x00\x00" * 1_000] * (TEXT_MAX // FRAMING // 1_000 + 1)],
        [b"\x02\x00", *[b"\x00\x7e\xff\xff" + b"\xff" * 65535] * (PIECE_MAX // 65535 + 1)],
    ):
        with pytest.raises(Overlong) as over:
            fed(*endless)
        assert over.value.reason is Reason.LIMIT_BODY


def test_a_close_frame():
    assert closing(1008, "facegate: faces") == b"\x88\x11\x03\xf0facegate: faces"
    assert closing(1005) == b"\x88\x00"
