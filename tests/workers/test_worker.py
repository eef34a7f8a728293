"""The worker by its protocol alone, as the pool speaks it."""

import json
import socket
import subprocess
import sys
from contextlib import contextmanager

from facegate_addons.domain.model import Payload
from facegate_addons.workers.protocol import LENGTHS, WorkerSettings, frame, request_head, settings_head


def receive(link: socket.socket) -> dict:
    head, _body = LENGTHS.unpack(link.recv(LENGTHS.size, socket.MSG_WAITALL))
    return json.loads(link.recv(head, socket.MSG_WAITALL))


@contextmanager
def started(settings: WorkerSettings):
    """The socket to a worker, what it said first, and its process, which has to end when the socket does."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = [sys.executable, "-m", "facegate_addons.workers.worker", str(theirs.fileno())]
        worker = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        theirs.close()
        ours.sendall(frame(settings_head(settings)))
        yield ours, receive(ours), worker
    assert worker.wait(10) == 0


def ask(link: socket.socket, body: bytes) -> dict:
    link.sendall(frame(request_head(Payload(body)), len(body)) + body)
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
