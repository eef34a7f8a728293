"""The worker by its protocol alone, as the pool speaks it."""

import json
import socket
import subprocess
import sys

from facegate_addons.domain.model import Payload
from facegate_addons.workers.protocol import LENGTHS, WorkerSettings, frame, request_head, settings_head


def receive(link: socket.socket) -> dict:
    head, _body = LENGTHS.unpack(link.recv(LENGTHS.size, socket.MSG_WAITALL))
    return json.loads(link.recv(head, socket.MSG_WAITALL))


def test_it_ends_with_its_socket(plain_jpeg):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = [sys.executable, "-m", "facegate_addons.workers.worker", str(theirs.fileno())]
        worker = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        theirs.close()
        ours.sendall(frame(settings_head(WorkerSettings())))
        assert receive(ours)["pid"] == worker.pid
        ours.sendall(frame(request_head(Payload(plain_jpeg)), len(plain_jpeg)) + plain_jpeg)
        assert receive(ours)["verdict"] == "clear"
    assert worker.wait(10) == 0
