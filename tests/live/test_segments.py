"""Video in segments: looked at with the init segment that the same job was given, and else withheld."""

import json

import numpy as np
import pytest
import skimage.data
from inspection.video.conftest import fragmented, scaled
from live.client import basic, body_of, get, raw
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from live.withheld import assert_withheld

CRAWL = 'id = "{0}"\noperator = "acme"\npurpose = "an index of films"\n[scope]\nkind = "untargeted"\n'


@pytest.fixture(scope="module")
def film() -> tuple[bytes, list[bytes]]:
    """Its second segment has a face."""
    face, plain = scaled(skimage.data.astronaut()[0:360, 16:496]), scaled(skimage.data.coffee())
    return fragmented([np.ascontiguousarray(rgb) for rgb in [plain] * 5 + [face] * 5 + [plain] * 5])


def credentials(gateway: Gateway, job: str) -> str:
    file = gateway.home.with_name(f"{job}.toml")
    file.write_text(CRAWL.format(job), encoding="utf-8")
    return basic(job, json.loads(gateway.run("job", "register", str(file), "--json").stdout)["token"])


def test_segments_after_their_init_segment(strict: Gateway, origin: Origin, film: tuple[bytes, list[bytes]]) -> None:
    init, segments = film
    first, other = credentials(strict, "films-1"), credentials(strict, "films-2")
    head = origin.route("/film/init.mp4", answer(init, "video/mp4"))
    urls = [
        origin.route(f"/film/video/{number}.m4s", answer(segment, "video/iso.segment"))
        for number, segment in enumerate(segments)
    ]
    assert_withheld(raw(strict.proxy, get(urls[0], first)), segments[0], 451)  # nobody knows its init segment yet
    assert body_of(raw(strict.proxy, get(head, first))) == init
    assert body_of(raw(strict.proxy, get(urls[0], first))) == segments[0]
    withheld = assert_withheld(raw(strict.proxy, get(urls[1], first)), segments[1], 451)
    assert withheld.problem["reason"] == "faces"
    withheld = assert_withheld(raw(strict.proxy, get(urls[0], other)), segments[0], 451)
    assert withheld.problem["reason"] == "undecodable"
