"""A WireGuard peer for tests, after the protocol's paper: one handshake, then packets between a TUN device and UDP.

`python wireguard.py CONFIGURATION NETWORK HOST` makes the device wg0 in the namespace it runs in, routes NETWORK into
it, says `up`, and runs until it is killed; HOST is where the server is. No timers and no new keys: for two minutes that
is enough. IPv4 alone.
"""

import base64
import fcntl
import hashlib
import hmac
import os
import re
import select
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

CONSTRUCTION = b"Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s"
IDENTIFIER = b"WireGuard v1 zx2c4 Jason@zx2c4.com"
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000


def digest(*parts: bytes) -> bytes:
    return hashlib.blake2s(b"".join(parts)).digest()


def mac(key: bytes, data: bytes) -> bytes:
    return hashlib.blake2s(data, digest_size=16, key=key).digest()


def derive(key: bytes, data: bytes, count: int) -> list[bytes]:
    secret, derived = hmac.digest(key, data, hashlib.blake2s), [b""]
    for number in range(1, count + 1):
        derived.append(hmac.digest(secret, derived[-1] + bytes([number]), hashlib.blake2s))
    return derived[1:]


def nonce(counter: int) -> bytes:
    return struct.pack("<4xQ", counter)


class Peer:
    """The initiator. `initiation()` goes to the server, `respond` takes its answer; then `seal` and `open`."""

    def __init__(self, private: bytes, server: bytes) -> None:
        self._static, self._ephemeral = X25519PrivateKey.from_private_bytes(private), X25519PrivateKey.generate()
        self._server = X25519PublicKey.from_public_bytes(server)
        self._chain = digest(CONSTRUCTION)
        self._hash = digest(digest(self._chain, IDENTIFIER), server)
        self._sent = 0

    def _mix(self, secret: bytes) -> bytes:
        self._chain, key = derive(self._chain, secret, 2)
        return key

    def _encrypt(self, key: bytes, data: bytes) -> bytes:
        sealed = ChaCha20Poly1305(key).encrypt(nonce(0), data, self._hash)
        self._hash = digest(self._hash, sealed)
        return sealed

    def initiation(self) -> bytes:
        ephemeral, server = self._ephemeral.public_key().public_bytes_raw(), self._server.public_bytes_raw()
        (self._chain,) = derive(self._chain, ephemeral, 1)
        self._hash = digest(self._hash, ephemeral)
        key = self._mix(self._ephemeral.exchange(self._server))
        static = self._encrypt(key, self._static.public_key().public_bytes_raw())
        key = self._mix(self._static.exchange(self._server))
        now = time.time()
        stamp = self._encrypt(key, struct.pack(">QI", (1 << 62) + 10 + int(now), int(now % 1 * 1e9)))
        message = struct.pack("<B3xI", 1, 1) + ephemeral + static + stamp
        return message + mac(digest(b"mac1----", server), message) + bytes(16)

    def respond(self, response: bytes) -> None:
        """Raises InvalidTag for the answer of somebody else."""
        kind, self._index = struct.unpack_from("<B3xI", response)
        assert kind == 2
        raw, empty = response[12:44], response[44:60]
        theirs = X25519PublicKey.from_public_bytes(raw)
        (self._chain,) = derive(self._chain, raw, 1)
        self._hash = digest(self._hash, raw)
        for ours in (self._ephemeral, self._static):
            (self._chain,) = derive(self._chain, ours.exchange(theirs), 1)
        self._chain, tau, key = derive(self._chain, bytes(32), 3)
        self._hash = digest(self._hash, tau)
        ChaCha20Poly1305(key).decrypt(nonce(0), empty, self._hash)
        there, back = derive(self._chain, b"", 2)
        self._there, self._back = ChaCha20Poly1305(there), ChaCha20Poly1305(back)

    def seal(self, packet: bytes) -> bytes:
        padded = packet + bytes(-len(packet) % 16)
        sealed = self._there.encrypt(nonce(self._sent), padded, None)
        header = struct.pack("<B3xIQ", 4, self._index, self._sent)
        self._sent += 1
        return header + sealed

    def open(self, datagram: bytes) -> bytes:
        """The packet inside; b"" for a keep-alive and for what is none."""
        if datagram[:1] != b"\x04":
            return b""
        (counter,) = struct.unpack_from("<Q", datagram, 8)
        packet = self._back.decrypt(nonce(counter), datagram[16:], None)
        return packet[: struct.unpack_from(">H", packet, 2)[0]] if packet else b""  # IPv4 says its size, padding goes


def main() -> None:
    text = Path(sys.argv[1]).read_text()
    private, server = (base64.b64decode(re.findall(rf"{name} = (.*)", text)[0]) for name in ("PrivateKey", "PublicKey"))
    port = re.findall(r"Endpoint = .*:(.*)", text)[0]
    address = re.findall(r"Address = ([^,\n]*)", text)[0]
    peer, sock = Peer(private, server), socket.socket(type=socket.SOCK_DGRAM)
    sock.connect((sys.argv[3], int(port)))
    sock.settimeout(10)
    sock.send(peer.initiation())
    peer.respond(sock.recv(2048))
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"wg0", IFF_TUN | IFF_NO_PI))
    for line in (f"addr add {address} dev wg0", "link set wg0 mtu 1300 up", f"route add {sys.argv[2]} dev wg0"):
        subprocess.run(["ip", *line.split()], check=True)
    print("up", flush=True)
    sock.send(peer.seal(b""))
    while True:
        for ready in select.select([device, sock], [], [])[0]:
            if ready == device:
                sock.send(peer.seal(os.read(device, 2048)))
            elif packet := peer.open(sock.recv(2048)):
                os.write(device, packet)


if __name__ == "__main__":
    main()
