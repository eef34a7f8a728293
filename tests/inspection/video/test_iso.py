import io
from collections.abc import Callable

import av
import numpy as np
import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Unreadable
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget
from facegate_addons.inspection.video import iso
from facegate_addons.inspection.video.boxes import boxes
from inspection.conftest import Look
from inspection.video.conftest import Clip, Rgb, box, fragmented
from PIL import Image

NOISE = bytes(range(7, 250)) * 40


@pytest.fixture(scope="module")
def movie(clip: Clip, plain: Rgb) -> bytes:
    return clip([plain] * 4)


def xored(data: bytes) -> bytes:
    return bytes(byte ^ 0x5A for byte in data)


def replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new, 1)


@pytest.mark.parametrize("name", [b"free", b"udta", b"uuid", b"meta"])
def test_pictures_in_boxes_that_nobody_shows(movie: bytes, look: Look, face_jpeg: bytes, name: bytes) -> None:
    assert isinstance(look(movie + box(name, bytes(16) + face_jpeg)), Faces)


def test_a_picture_among_the_samples(movie: bytes, look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(movie + box(b"mdat", face_jpeg)), Faces)


def test_what_has_no_name_is_not_passed(movie: bytes, look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(movie + box(b"zzzz", xored(face_jpeg))), Unreadable)
    assert isinstance(look(movie + b"\0\0\0\0" * 2 + xored(face_jpeg)), Unreadable)
    assert isinstance(look(movie + box(b"mdat", xored(face_jpeg) * 8)), Unreadable)


def test_padding_is_nothing(movie: bytes, look: Look) -> None:
    assert look(movie + box(b"free", bytes(100_000)) + box(b"zzzz", b"small") + bytes(1000)) == Clear("mp4")


def test_two_movie_headers(movie: bytes, look: Look) -> None:
    (moov,) = (found for found in boxes(movie) if found.name == b"moov")
    twice = movie + movie[moov.start : moov.end]
    assert look(twice) == Unreadable(Reason.UNDECODABLE, "two movie headers")


def test_encrypted_samples(movie: bytes, look: Look) -> None:
    found = look(replaced(movie, b"avc1\0\0\0\0", b"encv\0\0\0\0"))
    assert isinstance(found, Unreadable)
    assert found.why is Reason.ENCRYPTED


def test_a_disabled_track_is_looked_at(clip: Clip, look: Look, face: Rgb) -> None:
    hidden = replaced(clip([face] * 4), b"tkhd\0\0\0\3", b"tkhd\0\0\0\0")
    assert isinstance(look(hidden), Faces)


def test_frames_outside_the_edit_list_are_looked_at(clip: Clip, look: Look, face: Rgb, plain: Rgb) -> None:
    body = bytearray(clip([face] * 3 + [plain] * 20, bf="0"))
    at = body.index(b"elst") + 4
    body[at + 12 : at + 16] = (512 * 10).to_bytes(4, "big")  # the media's time at which showing begins
    assert isinstance(look(bytes(body)), Faces)


def test_a_track_that_says_it_is_something_else(clip: Clip, look: Look, face: Rgb) -> None:
    for handler in (b"pict", b"text", b"meta"):
        assert not isinstance(look(replaced(clip([face] * 4), b"\0vide", b"\0" + handler)), Clear), handler


def test_a_still_picture_in_the_same_file(look: Look, face: Rgb) -> None:
    out = io.BytesIO()
    Image.fromarray(face).save(out, "AVIF")
    still = out.getvalue()
    assert isinstance(look(still[:8] + b"isom" + still[12:]), Faces)


def test_a_still_picture_beside_a_film(look: Look, plain: Rgb, plain_as: Callable[..., bytes]) -> None:
    """Each is looked at; what bytes the still has among the samples is not told apart."""
    still = plain_as("HEIF")
    init, segments = fragmented([plain] * 6)
    body = still[:8] + b"isom" + still[12:] + init[init.index(b"moov") - 4 :] + b"".join(segments)
    assert look(body) == Unreadable(Reason.UNKNOWN_TYPE)
    assert iso.film(init) == init
    assert len(iso.film(body)) == len(body)


def test_a_compressed_movie_header(look: Look) -> None:
    verdict = look(box(b"ftyp", b"qt  ") + box(b"moov", box(b"cmov", b"packed")))
    assert isinstance(verdict, Unreadable)
    assert verdict.why is Reason.UNSUPPORTED_TYPE


def test_the_cover_of_an_album(look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="ipod") as container:
        stream = container.add_stream("aac", rate=44100, layout="mono")
        for _ in range(4):
            tone = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            tone.rate = 44100
            container.mux(stream.encode(tone))
        container.mux(stream.encode(None))
    body = out.getvalue()

    def covered(picture: bytes) -> bytes:
        cover = box(b"covr", box(b"data", b"\0\0\0\x0d\0\0\0\0" + picture))
        hdlr = box(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
        udta = box(b"udta", box(b"meta", bytes(4) + hdlr + box(b"ilst", cover)))
        (moov,) = (found for found in boxes(body) if found.name == b"moov" and found.end == len(body))
        return body[: moov.start] + box(b"moov", moov.of(body) + udta)

    assert look(body) == Clear("mp4")
    assert look(covered(plain_jpeg)) == Clear("mp4")
    assert isinstance(look(covered(face_jpeg)), Faces)


def test_samples_are_in_mdat_only(movie: bytes) -> None:
    taken = iso.samples(movie)
    (mdat,) = (found for found in boxes(movie) if found.name == b"mdat")
    assert (mdat.start, mdat.body) in taken
    assert sum(end - start for start, end in taken) == len(movie) - len(mdat.of(movie))


def test_many_boxes_end_at_the_limit(look: Look) -> None:
    verdict = look(box(b"ftyp", b"isom") + box(b"free") * (Limits().members + 9))
    assert verdict == Unreadable(Reason.LIMIT_MEMBERS)
    assert not list(iso.carried(b"", Budget(Limits()), 20))
