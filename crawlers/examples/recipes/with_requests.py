# /// script
# dependencies = ["requests"]
# ///
"""`uv run with_requests.py URL...` prints "STATUS REASON URL" for each."""

import os
import sys

import requests

session = requests.Session()
session.trust_env = False  # NO_PROXY would lead past the gateway, and REQUESTS_CA_BUNDLE would win over `verify`
session.proxies = dict.fromkeys(("http", "https"), os.environ["FACEGATE_PROXY_URL"])
session.verify = os.environ["FACEGATE_CA"]

for url in sys.argv[1:]:
    answer = session.get(url, timeout=60)
    print(answer.status_code, answer.headers.get("Facegate-Reason", ""), url)
