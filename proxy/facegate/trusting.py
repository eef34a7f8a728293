"""How each client is told to trust the gateway's certificate authority: the exact lines, for one file."""

import re
import shlex
from collections.abc import Iterable
from pathlib import Path

# FILE is the PEM's path as a shell takes it, QUOTED the same as Python does.
_NSS = ('mkdir -p "$HOME/.pki/nssdb"', 'certutil -d sql:"$HOME/.pki/nssdb" -A -t C,, -n facegate -i FILE')
_LINES = {
    "curl": ("curl --cacert FILE URL", "export CURL_CA_BUNDLE=FILE"),
    "wget": ("wget --ca-certificate=FILE URL",),
    "requests": ("export REQUESTS_CA_BUNDLE=FILE",),
    "httpx": ("export SSL_CERT_FILE=FILE",),
    "aiohttp": ("session.get(url, proxy=..., ssl=ssl.create_default_context(cafile=QUOTED))",),
    "urllib": ("export SSL_CERT_FILE=FILE",),
    "node": ("export NODE_EXTRA_CA_CERTS=FILE",),
    "playwright": _NSS,
    "chromium": _NSS,
    "java": (
        'cp "$JAVA_HOME/lib/security/cacerts" facegate.jks',
        "keytool -importcert -noprompt -alias facegate -file FILE -keystore facegate.jks -storepass changeit",
        "java -Djavax.net.ssl.trustStore=facegate.jks -Djavax.net.ssl.trustStorePassword=changeit ...",
    ),
    "git": ("git config --global http.sslCAInfo FILE",),
    "pip": ("pip config set global.cert FILE",),
    "debian": ("sudo cp FILE /usr/local/share/ca-certificates/facegate.crt", "sudo update-ca-certificates"),
    "fedora": ("sudo cp FILE /etc/pki/ca-trust/source/anchors/facegate.pem", "sudo update-ca-trust"),
    "macos": (
        "sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain FILE",
    ),
}  # fmt: skip
_NOTES = {
    "node": "beside Node's own authorities, not in their place",
    "playwright": "as Chromium; ignoreHTTPSErrors, which is often advised, would accept anybody's certificates",
    "chromium": "Chromium and Chrome on Linux; certutil comes with libnss3-tools (Debian) or nss-tools (Fedora)",
    "java": "Heritrix, too: -D... in JAVA_OPTS",
    "debian": "the system's store",
    "fedora": "the system's store",
    "macos": "the system's store",
}
# What replaces a client's store, and why that is no loss.
REPLACES = (
    "CURL_CA_BUNDLE, REQUESTS_CA_BUNDLE, SSL_CERT_FILE and the like take the place of the client's own store. That is\n"
    "right here: all HTTPS that the client sees comes through the gateway, which checks the origins' certificates."
)
CLIENTS = tuple(_LINES)


def lines(pem: Path, clients: Iterable[str] = CLIENTS) -> str:
    """What to run or write for each of `clients` (KeyError for one that is none of CLIENTS), as text for a terminal.

    `pem` is a certificate's file; the lines name it by its absolute path, with no key of anybody's in them.
    """
    file = pem.absolute()
    known = {"FILE": shlex.quote(str(file)), "QUOTED": repr(str(file))}
    told = []
    for client in clients:
        note = f"  # {_NOTES[client]}" if client in _NOTES else ""
        told += [f"{client}{note}", *(f"  {_filled(line, known)}" for line in _LINES[client])]
    return "\n".join([*told, "", REPLACES, ""])


def _filled(line: str, known: dict[str, str]) -> str:
    return re.sub(r"\b(FILE|QUOTED)\b", lambda found: known[found[0]], line)
