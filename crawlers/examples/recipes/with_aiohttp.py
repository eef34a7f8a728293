# /// script
# dependencies = ["aiohttp"]
# ///
"""`uv run with_aiohttp.py URL...` prints "STATUS REASON URL" for each."""

import asyncio
import os
import ssl
import sys

import aiohttp


async def main(urls: list[str]) -> None:
    # aiohttp reads no variable of the environment unless it is told to (trust_env)
    trust = ssl.create_default_context(cafile=os.environ["FACEGATE_CA"])
    connector = aiohttp.TCPConnector(ssl=trust)
    async with aiohttp.ClientSession(connector=connector, proxy=os.environ["FACEGATE_PROXY_URL"]) as session:
        for url in urls:
            async with session.get(url) as answer:
                print(answer.status, answer.headers.get("Facegate-Reason", ""), url)


asyncio.run(main(sys.argv[1:]))
