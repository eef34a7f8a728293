import json
from dataclasses import replace

import pytest
from facegate_addons.detection.description import Model, parse
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Cover, Faces, Finding, Payload, Unreadable
from facegate_addons.domain.reasons import Reason
from facegate_addons.workers.protocol import (
    LENGTHS,
    ProtocolError,
    WorkerSettings,
    frame,
    read_reply,
    read_request,
    read_settings,
    reply_body,
    reply_head,
    request_body,
    request_head,
    settings_head,
)
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import described


def through_json(head):
    return json.loads(json.dumps(head))


@pytest.mark.parametrize(
    "verdict",
    [
        Clear("jpeg"),
        Faces((Finding((1, 2, 30, 40), 0.75, "frame 3"), Finding((0, 0, 5, 5), 0.5))),
        Faces((Finding((1, 2, 30, 40), 0.75),), b"\xff\xd8redacted"),
        Faces((Finding((1, 2, 30, 40), 0.75),), unredacted="limit-time"),
        Unreadable(Reason.LIMIT_PIXELS, "169000000 pixels"),
    ],
)
def test_verdicts_survive_the_way(verdict):
    if isinstance(verdict, Faces):  # what they were found in is no part of being equal
        verdict = replace(verdict, kind="jpeg")
        assert read_reply(through_json(reply_head(verdict)), reply_body(verdict)).kind == "jpeg"
    assert read_reply(through_json(reply_head(verdict)), reply_body(verdict)) == verdict


@pytest.mark.parametrize("verdict", [Clear("jpeg"), Unreadable(Reason.LIMIT_PIXELS)])
def test_bytes_come_with_faces_only(verdict):
    with pytest.raises(ProtocolError):
        read_reply(through_json(reply_head(verdict)), b"bytes")


def test_requests_and_settings_survive_the_way():
    for cover in (None, *Cover):
        payload = Payload(b"\x00body", "image/png", ("gzip", "br"), ("x" * 300,), cover)
        read = read_request(through_json(request_head(payload)), payload.body)
        assert read == payload
        assert type(read.cover) is type(cover)
        assert read.whole is False
    whole = Payload(b"body", whole=True)
    assert read_request(through_json(request_head(whole)), whole.body) == whole
    for body in (b"", b"segment"):
        payload = Payload(body, inits=(b"first", b"the second"))
        assert read_request(through_json(request_head(payload)), b"".join(request_body(payload))) == payload
    model = Model(parse(described(b"weights", decode='outputs = { cls_8 = "a" }'), ""), "/models/red/weights.onnx")
    settings = WorkerSettings(Limits(pixels=5), model, 0.25, 12, "cuda", True)
    assert read_settings(through_json(settings_head(settings))) == settings


def test_a_frame_tells_both_lengths():
    data = frame({"a": 1}, 77)
    head, body = LENGTHS.unpack(data[: LENGTHS.size])
    assert (json.loads(data[LENGTHS.size :]), body, head) == ({"a": 1}, 77, len(data) - LENGTHS.size)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
heads = st.dictionaries(st.sampled_from(["verdict", "kind", "why", "detail", "findings", "unredacted"]), json_values)
words = st.sampled_from(["clear", "faces", "unreadable", "?"])


@given(heads, words, st.binary(max_size=3))
def test_any_answer_is_a_verdict_or_a_protocol_error(head, word, body):
    try:
        verdict = read_reply({**head, "verdict": word}, body)
    except ProtocolError:
        return
    assert isinstance(verdict, Clear | Faces | Unreadable)
