"""`python with_urllib.py URL...` prints "STATUS REASON URL" for each; nothing but Python."""

import os
import ssl
import sys
import urllib.error
import urllib.request

for name in ("no_proxy", "NO_PROXY"):  # counts even beside a ProxyHandler
    os.environ.pop(name, None)
opener = urllib.request.build_opener(
    urllib.request.ProxyHandler(dict.fromkeys(("http", "https"), os.environ["FACEGATE_PROXY_URL"])),
    urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=os.environ["FACEGATE_CA"])),
)

for url in sys.argv[1:]:
    try:
        answer = opener.open(url, timeout=60)
    except urllib.error.HTTPError as error:  # 4xx and 5xx: an answer, too
        answer = error
    with answer:
        print(answer.status, answer.headers.get("Facegate-Reason", ""), url)
