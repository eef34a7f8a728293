"""One inspection worker: a body comes in over the socket, its verdict goes back, and a redacted copy where one was
asked for; or, asked for a preview, pictures for people. Started by the pool.

    python -m facegate_addons.workers.worker FD

It ends when the gateway closes the socket, and so also when the gateway dies.
"""

import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from facegate_addons.domain.model import Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.workers import glimpses
from facegate_addons.workers.confine import confine, seal
from facegate_addons.workers.protocol import LENGTHS, frame, read_request, read_settings, reply_body, reply_head


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the supervisor; we end with the socket
    link = socket.socket(fileno=int(sys.argv[1]))
    first = _receive(link)
    if first is None:
        return
    settings = read_settings(first[0])
    done = confine(settings.limits.worker_memory)
    # Imported after the confinement: these start threads, and a namespace is left only by a single-threaded process.
    from facegate_addons.detection import redact
    from facegate_addons.detection.builtin import builtin
    from facegate_addons.detection.description import ModelError
    from facegate_addons.detection.faces import FaceDetector
    from facegate_addons.detection.network import Network
    from facegate_addons.inspection.previews import preview
    from facegate_addons.inspection.redaction import inspect
    from facegate_addons.inspection.scores import best_score
    from facegate_addons.inspection.stills import readers

    readers.prepare()
    model = settings.model or builtin()
    done |= seal(model.weights, driver=settings.provider != "cpu")
    try:
        network = Network.load(model, settings.provider)
    except ModelError as error:  # a line for the operator, as it is
        link.sendall(frame({"error": str(error)}))
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, the gateway has to hear of it
        link.sendall(frame({"error": f"{type(error).__name__}: {error}"}))
        return
    detector = FaceDetector(network, settings.threshold, settings.min_face)
    searcher = FaceDetector(network, redact.SEARCH * detector.threshold, settings.min_face)
    look: Callable[[Payload], Verdict] = partial(inspect, detector=detector, limits=settings.limits, searcher=searcher)
    if settings.scores:
        look = partial(best_score, detector=detector, limits=settings.limits, ceiling=detector.tell_all())
    gc.collect()
    gc.freeze()  # what is there now stays: no later collection stops to look at it
    versions = {**detector.versions, "redaction": redact.VERSION}
    link.sendall(frame({"pid": os.getpid(), "confined": done, "versions": versions}))
    while (request := _receive(link)) is not None:
        if glimpses.asks_for_pictures(request[0]):
            pictures = preview(glimpses.read_request(*request), detector, settings.limits)
            del request
            _reply(link, glimpses.reply_head(pictures), glimpses.reply_body(pictures))
            del pictures
            continue
        verdict: Verdict
        try:
            verdict = look(read_request(*request))
        except MemoryError:
            verdict = Unreadable(Reason.LIMIT_MEMORY)
        del request
        _reply(link, reply_head(verdict), reply_body(verdict))
        del verdict


def _reply(link: socket.socket, head: dict[str, Any], body: bytes) -> None:
    link.sendall(frame(head, len(body)))
    if body:
        link.sendall(body)


def _receive(link: socket.socket) -> tuple[dict[str, Any], bytes] | None:
    """One frame; None at the end. MSG_WAITALL returns the whole body as one bytes object: no copy, no join."""
    lengths = link.recv(LENGTHS.size, socket.MSG_WAITALL)
    if len(lengths) < LENGTHS.size:
        return None
    head_size, body_size = LENGTHS.unpack(lengths)
    head = link.recv(head_size, socket.MSG_WAITALL)
    body = link.recv(body_size, socket.MSG_WAITALL) if body_size else b""
    if len(head) < head_size or len(body) < body_size:
        return None
    return json.loads(head), body


if __name__ == "__main__":
    main()
