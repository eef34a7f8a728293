# /// script
# dependencies = ["httpx"]
# ///
"""`uv run with_httpx.py URL...` prints "STATUS REASON URL" for each."""

import os
import ssl
import sys

import httpx

trust = ssl.create_default_context(cafile=os.environ["FACEGATE_CA"])
# trust_env=False: NO_PROXY would lead past the gateway
with httpx.Client(proxy=os.environ["FACEGATE_PROXY_URL"], verify=trust, trust_env=False, timeout=60) as client:
    for url in sys.argv[1:]:
        answer = client.get(url)
        print(answer.status_code, answer.headers.get("Facegate-Reason", ""), url)
