"""`facegate` for shells that call it often: a process that has imported it all forks for each call.

`python -m docs.forked SOCKET` serves until its standard input ends. SHIM is what a shell calls: it hands over its
arguments, folder, environment and standard streams, and ends with the exit status it is told.
"""

import contextlib
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import traceback

SHIM = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as gate:
    gate.connect({path!r})
    told = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(gate, [len(told).to_bytes(4)], [0, 1, 2])
    gate.sendall(told)
    status = gate.recv(4)
sys.exit(int.from_bytes(status) if status else 70)
"""


def serve(path: str) -> None:
    import argon2
    from facegate.cli import VERBS, main
    from facegate.state import users

    for verb in VERBS:
        importlib.import_module(f"facegate.commands.{verb}")
    users._HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for what was forked
    with socket.socket(socket.AF_UNIX) as listener, selectors.DefaultSelector() as selector:
        listener.bind(path)
        listener.listen()
        selector.register(listener, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        print("ready", flush=True)
        while True:
            for key, _ in selector.select():
                if key.fileobj is not listener:
                    return
                gate, _ = listener.accept()
                with gate:
                    if os.fork() == 0:
                        listener.close()
                        _answer(gate, main)


def _answer(gate: socket.socket, main: object) -> None:
    """Never returns."""
    status = 70
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        size, streams, _, _ = socket.recv_fds(gate, 4, 3)
        told = b""
        while len(told) < int.from_bytes(size):
            told += gate.recv(65536)
        arguments, folder, environment = json.loads(told)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115 - for good
        sys.argv = ["facegate", *arguments]
        assert callable(main)
        main(prog_name="facegate")
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - a crash is an exit status, here as anywhere
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        with contextlib.suppress(OSError):
            gate.sendall(status.to_bytes(4))
        os._exit(status)


if __name__ == "__main__":
    serve(sys.argv[1])
