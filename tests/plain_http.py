"""For clients that speak plain HTTP: else httpx reads all authorities of the web for each of them."""

import ssl
from typing import Final

NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody
