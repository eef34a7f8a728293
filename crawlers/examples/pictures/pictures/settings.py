"""A Scrapy project behind a facegate gateway: the first line below is all it takes.

Which gateway, which job and what to trust is in the environment: FACEGATE_PROXY_URL, FACEGATE_JOB, FACEGATE_TOKEN,
FACEGATE_CA.
"""

import os

ADDONS = {"scrapy_facegate.FacegateAddon": 100}

BOT_NAME = "pictures"
SPIDER_MODULES = ["pictures.spiders"]
USER_AGENT = "pictures (+https://crawler.example/about)"
ROBOTSTXT_OBEY = True

# What came, for the spiders that keep files; and what did not.
IMAGES_STORE = FILES_STORE = os.environ.get("PICTURES_STORE", "store")
FACEGATE_FEED = "withheld-%(name)s.jsonl"
