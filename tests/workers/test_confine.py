"""In a child process: what is given up here is given up for good."""

import subprocess
import sys

TRY = """
import os, socket, sys
from facegate_addons.workers.confine import confine, write_nothing
done = confine(1 << 30)
with open(os.path.join(sys.argv[1], "compiled"), "wb") as file:
    file.write(b"x")  # what is imported may be compiled
print(*done, *write_nothing())
try:
    bytearray(2 << 30)
    print("memory not bounded")
except MemoryError:
    pass
try:
    with open(os.path.join(sys.argv[1], "x"), "wb", buffering=0) as file:
        file.write(b"x")
    print("files can be written")
except OSError:
    pass
if sys.platform == "linux":
    try:
        socket.create_connection((sys.argv[2], int(sys.argv[3])), 2)
        print("network reached")
    except OSError:
        pass
"""


def test_a_confined_process_has_no_memory_no_files_and_no_network(tmp_path):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        arguments = [str(tmp_path), *map(str, server.getsockname()[:2])]
        done = subprocess.run(
            [sys.executable, "-c", TRY, *arguments], capture_output=True, text=True, check=True, timeout=60
        )
    measures, *leaks = done.stdout.splitlines()
    measures = measures.split()
    assert {"files", "cores", "descriptors"} <= set(measures)
    expected = []  # a measure that the system refused is reported as not taken, and then may leak
    if "network" not in measures:
        expected.append("network reached")
    if "memory" not in measures:
        expected.insert(0, "memory not bounded")
    assert leaks == expected
    assert (tmp_path / "compiled").read_bytes() == b"x"
