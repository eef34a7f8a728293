"""What a page links to: other pages, and files."""

import os
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from scrapy.http import HtmlResponse

LINKS = "a::attr(href), img::attr(src), source::attr(src), video::attr(src)"
PAGES = ("", ".html", ".htm", ".php")
PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".bmp", ".tif", ".tiff")


def start_urls(default):
    """Those of the environment's PICTURES_START, with spaces between; else the default ones."""
    return os.environ.get("PICTURES_START", "").split() or default


def pages_and_files(response):
    """Absolute http(s) URLs, each once, in the order of the page: (pages, files)."""
    if not isinstance(response, HtmlResponse):
        return [], []
    urls = [response.urljoin(link.strip()) for link in response.css(LINKS).getall()]
    urls = [url.partition("#")[0] for url in dict.fromkeys(urls) if url.startswith(("http://", "https://"))]
    pages = [url for url in urls if suffix(url) in PAGES]
    return pages, [url for url in urls if url not in set(pages)]


def suffix(url):
    return PurePosixPath(urlsplit(url).path).suffix.lower()
