"""A Scrapy project behind a facegate gateway: the first line below is all it takes."""

ADDONS = {"scrapy_facegate.FacegateAddon": 100}

BOT_NAME = "pictures"
SPIDER_MODULES = ["pictures.spiders"]
USER_AGENT = "pictures (+https://crawler.example/about)"
ROBOTSTXT_OBEY = True
# The gateway signs with its own authority, which SSL_CERT_FILE names: so certificates can be checked.
DOWNLOAD_VERIFY_CERTIFICATES = True
