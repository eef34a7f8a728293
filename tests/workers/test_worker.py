"""The worker by its protocol alone, as the pool speaks it."""

import json
import os
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest
from evasion.listed import EVERY
from evasion.walked import face
from facegate_addons.domain.model import Payload
from facegate_addons.workers.process import ONE_THREAD
from facegate_addons.workers.protocol import LENGTHS, WorkerSettings, frame, request_head, settings_head

# one of each library, and of what is imported when the first body of its kind comes
KINDS = """
fmt-GIF fmt-WebP fmt-AVIF fmt-HEIC fmt-JPEG-XL fmt-JPEG-2000 fmt-TIFF fmt-ICNS fmt-DDS fmt-FITS doc-PDF,-DCT
doc-PDF,-rectangles doc-docx doc-MHTML doc-WARC arc-tar-xz arc-7z arc-SQLite-blob arc-Parquet arc-Arrow-file arc-pickle
arc-binary-property-list arc-TrueType,-a-table arc-executable vid-MP4,-H.264 vid-WebM,-VP9 vid-AVI,-MJPEG vid-FLAC-cover
""".split()  # noqa: SIM905
# a kernel without Landlock and namespaces: our own filter refuses both
REFUSING = """
import ctypes
from facegate_addons.workers import seccomp, worker
ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
seccomp.allow_little()
worker.main()
"""


def receive(link: socket.socket) -> dict:
    head, _body = LENGTHS.unpack(link.recv(LENGTHS.size, socket.MSG_WAITALL))
    return json.loads(link.recv(head, socket.MSG_WAITALL))


@contextmanager
def started(settings: WorkerSettings, *program: str):
    """The socket to a worker, what it said first, and its process, which has to end when the socket does."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = [sys.executable, *(program or ("-m", "facegate_addons.workers.worker")), str(theirs.fileno())]
        worker = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=os.environ | ONE_THREAD)
        theirs.close()
        ours.sendall(frame(settings_head(settings)))
        yield ours, receive(ours), worker
    assert worker.wait(10) == 0


def ask(link: socket.socket, body: bytes, content_type: str = "") -> dict:
    link.sendall(frame(request_head(Payload(body, content_type)), len(body)) + body)
    return receive(link)


def test_it_ends_with_its_socket(plain_jpeg):
    with started(WorkerSettings()) as (link, hello, worker):
        assert hello["pid"] == worker.pid
        assert ask(link, plain_jpeg)["verdict"] == "clear"


def test_asked_for_scores_it_tells_of_those_under_the_threshold_too(face_as):
    small = face_as("JPEG", size=(32, 32))  # a face of 5 pixels: something, but not much
    with started(WorkerSettings(threshold=0.99)) as (link, _hello, _worker):
        assert ask(link, small)["verdict"] == "clear"
    with started(WorkerSettings(threshold=0.99, scores=True)) as (link, hello, _worker):
        assert hello["versions"]["threshold"] == "0.99"  # the one in force: the curve is about it
        ((*_box, score, _where),) = ask(link, small)["findings"]
    assert 0 < score < 0.99


def test_confined_it_reads_every_kind():
    """What it imports late, and the libraries that come along, it may still read."""
    cases = {case.id: case for case in EVERY}
    with started(WorkerSettings()) as (link, hello, _worker):
        assert hello["confined"]["files"] == ""
        seen = {name: ask(link, cases[name].body(face()), cases[name].content_type)["verdict"] for name in KINDS}
    assert seen == dict.fromkeys(KINDS, "faces")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these to refuse")
def test_what_the_system_refuses_is_said_and_bodies_are_looked_at(plain_jpeg, face_jpeg):
    with started(WorkerSettings(), "-c", REFUSING) as (link, hello, _worker):
        assert hello["confined"]["paths"] == "Function not implemented"
        assert hello["confined"]["network"] == "Operation not permitted"
        assert hello["confined"]["calls"] == ""
        assert [ask(link, body)["verdict"] for body in (plain_jpeg, face_jpeg)] == ["clear", "faces"]
