"""The certificate authority's name, which the gate and the program have to agree on."""

from typing import Final

CA_NAME: Final = "facegate"  # what its files start with, in place of "mitmproxy"
