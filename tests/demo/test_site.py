import http.client
import io
import zipfile
from collections.abc import Mapping

from facegate.demo.site import Holds, Resource, Site


def test_each_is_served_as_it_is(found: Mapping[str, Resource]) -> None:
    with Site(found) as site:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
        for path, resource in found.items():
            connection.request("GET", path)
            answer = connection.getresponse()
            assert (answer.status, answer.headers["Content-Type"]) == (200, resource.content_type)
            assert answer.read() == resource.body, path
        connection.request("GET", "/nowhere")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (404, b"")
        connection.close()


def test_a_portrait_travels_in_many_ways(found: Mapping[str, Resource]) -> None:
    assert sum(it.holds is Holds.FACE for it in found.values()) >= 9
    assert len({it.body for it in found.values()}) == len(found) - 2  # one portrait has three names
    with zipfile.ZipFile(io.BytesIO(found["/files/press-kit.zip"].body)) as archive:
        assert archive.read("photo.jpg") == found["/photos/astronaut.jpg"].body
