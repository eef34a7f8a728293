import contextlib
import io
import json
import zlib

import numpy as np
import pytest
from facegate_addons.domain.model import Finding, Payload
from facegate_addons.domain.preview import CELLS, Glimpse, Preview, Rendering, Shown
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.mosaics import mosaic
from facegate_addons.workers.glimpses import (
    asks_for_pictures,
    read_reply,
    read_request,
    reply_body,
    reply_head,
    reply_max,
    request_head,
)
from facegate_addons.workers.protocol import ProtocolError
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

FOUND = Finding((1, 2, 30, 40), 0.75, "frame 3")
PLAIN = Preview(
    (Shown("frame 3", (900, 600), (FOUND,), b"\xff\xd8\xff one"), Shown("", (9, 9), (), b"\xff\xd8\xff", True))
)
MOSAIC = mosaic(np.zeros((90, 60, 3), np.uint8), (60, 90), [(0, 0, 9, 9)])


def through_json(head):
    return json.loads(json.dumps(head))


def read(preview: Preview, rendering: Rendering) -> Preview:
    return read_reply(through_json(reply_head(preview)), reply_body(preview), rendering)


def test_requests_survive_the_way():
    glimpse = Glimpse(Payload(b"body", "image/png", ("gzip",)), Rendering.PLAIN, (FOUND,), 3.5)
    head = through_json(request_head(glimpse))
    assert asks_for_pictures(head)
    assert read_request(head, b"body") == glimpse


@pytest.mark.parametrize("preview", [PLAIN, Preview(()), Preview((), Reason.ENCRYPTED, "zip")])
def test_previews_survive_the_way(preview):
    assert read(preview, Rendering.PLAIN) == preview


def test_mosaics_survive_the_way():
    preview = Preview((Shown("", (60, 90), (), MOSAIC),))
    assert read(preview, Rendering.BLURRED) == preview
    assert len(MOSAIC) <= reply_max(Glimpse(Payload(b""), Rendering.BLURRED))


def png(side: int, more: bytes = b"", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side)).save(out, "PNG", **options)
    return out.getvalue() + more


def _with_chunk(kind: bytes, data: bytes) -> bytes:
    plain = png(4)
    chunk = len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
    return plain[:33] + chunk + plain[33:]


NOTE = PngImagePlugin.PngInfo()
NOTE.add_text("Comment", "hello")


@pytest.mark.parametrize(
    "image",
    [
        b"",
        b"\xff\xd8\xff a photo",
        png(CELLS + 1),
        png(4, b"more"),
        png(4, pnginfo=NOTE),
        _with_chunk(b"eXIf", b"II*\0"),
        png(4)[:-1],
        png(4)[:40],
        b"<script>alert(1)</script>" * 4,
    ],
)
def test_what_is_no_mosaic_is_not_taken_for_one(image):
    """Whatever a worker sends that was taken over."""
    with pytest.raises(ProtocolError):
        read(Preview((Shown("", (60, 90), (), image),)), Rendering.BLURRED)


def test_what_is_no_jpeg_is_not_taken_for_a_picture():
    for image in (b"<html>", MOSAIC):
        with pytest.raises(ProtocolError):
            read(Preview((Shown("", (9, 9), (), image),)), Rendering.PLAIN)


def test_bytes_that_no_picture_has_are_refused():
    head = through_json(reply_head(PLAIN))
    for body in (b"", reply_body(PLAIN) + b"x", reply_body(PLAIN)[:-1]):
        with pytest.raises(ProtocolError):
            read_reply(head, body, Rendering.PLAIN)
    for size in ([0, 4], [4], [4, 1 << 30], "ab"):
        head["pictures"][0]["size"] = size
        with pytest.raises(ProtocolError):
            read_reply(head, reply_body(PLAIN), Rendering.PLAIN)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["bytes", "size", "where", "findings"]), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["pictures", "why", "detail"]), values), st.binary(max_size=3))
def test_any_answer_is_a_preview_or_a_protocol_error(head, body):
    with contextlib.suppress(ProtocolError):
        assert isinstance(read_reply(head, body, Rendering.PLAIN), Preview)
