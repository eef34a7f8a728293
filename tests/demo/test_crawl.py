import hashlib
from collections.abc import Mapping

from facegate.demo.crawl import crawl
from facegate.demo.site import Resource, Site


def test_it_finds_every_page_and_picture_once(found: Mapping[str, Resource]) -> None:
    with Site(found) as site:
        # The site stands in for a proxy: it is asked for the whole URL, and knows paths alone.
        strange = list(crawl("http://elsewhere.example/", f"127.0.0.1:{site.port}"))
        assert [(it.url, it.status) for it in strange] == [("http://elsewhere.example/", 404)]
        answers = list(crawl("/", f"127.0.0.1:{site.port}"))
    assert [it.url for it in answers] == list(found)
    assert {it.url: it.digest for it in answers} == {
        path: hashlib.sha256(it.body).hexdigest() for path, it in found.items()
    }
    assert all(it.status == 200 and it.verdict == it.action == it.record == "" for it in answers)


def test_links_to_other_hosts_are_left_alone() -> None:
    page = b'<a href="http://other.example/">x</a><img src="/a.png"><img src="a.png"><a href="mailto:a@b.example">m</a>'
    site = {"/": Resource("page", "text/html", page), "/a.png": Resource("picture", "image/png", b"")}
    with Site(site) as served:
        assert [it.url for it in crawl("/", f"127.0.0.1:{served.port}")] == ["/", "/a.png"]
