"""What a failure to download means, where the gateway is behind it and the answer's head is lost."""

import re

# A CONNECT that was answered with another status than 200: Scrapy's own handler says TunnelError ("[{'status': 403,
# ...}]"), the one on httpx "403 Forbidden". By name, as Scrapy 2.13 has not both.
_TUNNEL_ERRORS = frozenset({"TunnelError", "DownloadConnectionRefusedError"})
_CONNECT_STATUS = re.compile(r"(?:'status': |^)(403|407)\b")
_CONNECT_REASONS = {"403": "tunnel-refused", "407": "bad-credentials"}
# Chromium's words, by way of scrapy-playwright.
_BROWSER = {
    "net::ERR_TUNNEL_CONNECTION_FAILED": "tunnel-refused",
    "net::ERR_INVALID_AUTH_CREDENTIALS": "bad-credentials",
    "net::ERR_PROXY_AUTH_UNSUPPORTED": "bad-credentials",
    "net::ERR_CERT_AUTHORITY_INVALID": "untrusted-certificate",
}
_BROWSER_WORD = re.compile("|".join(map(re.escape, _BROWSER)))


def reason_of(exception: BaseException) -> str:
    """Why it was withheld; "" for all other failures, which Scrapy's own retries handle."""
    text = str(exception)
    if type(exception).__name__ in _TUNNEL_ERRORS and (status := _CONNECT_STATUS.search(text)):
        return _CONNECT_REASONS[status[1]]
    if type(exception).__module__.startswith("playwright.") and (word := _BROWSER_WORD.search(text)):
        return _BROWSER[word[0]]
    if type(exception.__cause__).__name__ == "ClientHttpProxyError":  # aiohttp's
        return _CONNECT_REASONS.get(str(getattr(exception.__cause__, "status", "")), "")
    if any("certificate verify failed" in str(each) for each in (exception, exception.__cause__)):
        return "untrusted-certificate"
    return ""
