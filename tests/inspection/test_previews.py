import io
import zipfile
from collections.abc import Callable

import av
import numpy as np
import pytest
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Faces, Finding, Payload
from facegate_addons.domain.preview import CELLS, PICTURES, PLAIN_BYTES, PLAIN_SIDE, Glimpse, Preview, Rendering
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.previews import preview
from facegate_addons.inspection.walk import inspect
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

Encode = Callable[..., bytes]


class Undisturbed:
    """A detector that must not be asked."""

    min_face, versions = 20, {}

    def detect(self, *_args, **_more):
        raise AssertionError


def image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def looked(body: bytes, detector: FaceDetector, **more: object) -> tuple[Finding, ...]:
    verdict = inspect(Payload(body, **more), detector, Limits())
    assert isinstance(verdict, Faces)
    return verdict.findings


def seen(body: bytes, findings=(), detector=Undisturbed(), rendering=Rendering.PLAIN, limits=None, **more) -> Preview:  # noqa: B008
    return preview(Glimpse(Payload(body, **more), rendering, findings), detector, limits or Limits())


def film(*pictures: Image.Image, each: int = 20) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 256, 256, "yuv420p"
        for picture in pictures:
            for _ in range(each):
                frame = av.VideoFrame.from_ndarray(np.asarray(picture.resize((256, 256))), format="rgb24")
                container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


def test_a_picture_and_the_boxes_in_it(face_jpeg: bytes, detector: FaceDetector) -> None:
    findings = looked(face_jpeg, detector)
    (shown,) = seen(face_jpeg, findings).pictures
    assert (shown.where, shown.size, shown.findings, shown.again) == ("", (512, 512), findings, False)
    assert image(shown.image).size == (512, 512)


def test_large_ones_are_reduced_and_boxes_stay_those_of_the_original(face_as: Encode, detector: FaceDetector) -> None:
    body = face_as("JPEG", size=(3200, 2400))
    findings = looked(body, detector)
    (shown,) = seen(body, findings).pictures
    assert shown.size == (3200, 2400)
    assert image(shown.image).size == (PLAIN_SIDE, 1200)
    assert shown.findings == findings
    assert len(shown.image) <= PLAIN_BYTES


def test_nothing_goes_along_but_pixels(face_jpeg: bytes, detector: FaceDetector) -> None:
    plain = image(face_jpeg)
    exif = Image.Exif()
    exif[0x010E] = "taken by somebody somewhere"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    out = io.BytesIO()
    plain.save(out, "JPEG", exif=exif, icc_profile=profile, comment=b"a comment")
    body = out.getvalue()
    findings = looked(body, detector)
    for rendering in Rendering:
        (shown,) = seen(body, findings, rendering=rendering).pictures
        assert not image(shown.image).getexif()
        assert not {"icc_profile", "comment", "exif"} & set(image(shown.image).info)
        for secret in (b"somebody", b"a comment", b"acsp"):
            assert secret in body
            assert secret not in shown.image


def test_colours_are_those_a_viewer_shows() -> None:
    """By a profile whose red is a darker one than that of sRGB."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tag = profile.index(b"rXYZ")
    at = int.from_bytes(profile[tag + 4 : tag + 8], "big") + 8
    for place in range(at, at + 12, 4):
        value = int.from_bytes(profile[place : place + 4], "big", signed=True)
        profile[place : place + 4] = int(value * 0.8).to_bytes(4, "big", signed=True)
    named = bytes(profile).replace("sRGB".encode("utf-16-be"), "else".encode("utf-16-be"))
    out = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 30, 30)).save(out, "PNG", icc_profile=named)
    (shown,) = seen(out.getvalue(), (Finding((0, 0, 30, 30), 0.9),)).pictures
    red, green, _ = image(shown.image).getpixel((30, 30))
    assert 170 < red < 190
    assert green < 40


def test_a_photo_that_is_turned_is_shown_as_the_face_was_found(face_as: Encode, detector: FaceDetector) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    upright = image(face_as("PNG")).resize((512, 400))
    upright.transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", exif=exif)
    findings = looked(out.getvalue(), detector)
    (shown,) = seen(out.getvalue(), findings, detector).pictures
    assert shown.size == (512, 400)
    turned = image(shown.image)
    assert np.abs(np.asarray(turned, np.int16) - np.asarray(upright, np.int16)).mean() < 8


def test_a_photo_whose_stored_side_has_the_face(face_as: Encode, detector: FaceDetector) -> None:
    """EXIF says that it has to be turned upside down, and it must not be."""
    exif = Image.Exif()
    exif[0x0112] = 3
    out = io.BytesIO()
    image(face_as("PNG")).resize((300, 300)).save(out, "JPEG", exif=exif)
    findings = looked(out.getvalue(), detector)
    (shown,) = seen(out.getvalue(), findings, detector).pictures
    ((left, top, right, bottom),) = [f.box for f in shown.findings][:1]
    crop = image(shown.image).crop((left - 30, top - 30, right + 30, bottom + 30))
    assert detector.detect(_picture(crop))


def _picture(shown: Image.Image):
    from facegate_addons.detection.picture import Picture

    return Picture(np.asarray(shown.convert("RGB")))


def test_the_member_of_an_archive(face_jpeg: bytes, plain_jpeg: bytes, detector: FaceDetector) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.jpg", plain_jpeg)
        archive.writestr("b.jpg", face_jpeg)
        archive.writestr("c.jpg", face_jpeg[:200] + b"broken" * 100)
    findings = looked(out.getvalue(), detector)
    result = seen(out.getvalue(), findings)
    (shown,) = result.pictures
    assert (shown.where, shown.size) == (findings[0].where, (512, 512))
    assert result.why is None


def test_the_page_of_a_document(face_as: Encode, detector: FaceDetector) -> None:
    out = io.BytesIO()
    image(face_as("PNG")).save(out, "PDF")
    findings = looked(out.getvalue(), detector)
    shown = seen(out.getvalue(), findings, detector).pictures
    assert [one.where for one in shown] == [findings[0].where]


def test_the_frame_of_a_film(face_as: Encode, plain_as: Encode, detector: FaceDetector) -> None:
    body = film(image(plain_as("PNG")), image(face_as("PNG")))
    findings = looked(body, detector)
    (shown,) = seen(body, findings).pictures
    assert shown.where == findings[0].where != ""
    assert detector.detect(_picture(image(shown.image)))


def test_a_mosaic_is_one_picture_of_few_pixels(face_as: Encode, plain_as: Encode, detector: FaceDetector) -> None:
    body = film(image(face_as("PNG")), image(plain_as("PNG")), image(face_as("PNG")).rotate(20), each=5)
    findings = looked(body, detector, whole=True)
    assert len({finding.where for finding in findings}) > 1
    for known in (findings, ()):
        (shown,) = seen(body, known, rendering=Rendering.BLURRED).pictures
        assert max(image(shown.image).size) <= CELLS
        assert shown.findings == ()


def test_what_is_known_of_nothing_is_looked_at_again(face_jpeg: bytes, detector: FaceDetector) -> None:
    body = face_jpeg + bytes(600) + b"%PDF-1.7 broken" * 100
    result = seen(body, (), detector)
    assert result.pictures[0].again
    assert result.pictures[0].findings


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", None),
        (b"hello, world", None),
        (bytes(range(256)) * 40, Reason.UNKNOWN_TYPE),
        (b"PK\x03\x04" + b"\xff" * 2_000, Reason.UNDECODABLE),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 2_000, Reason.UNDECODABLE),
    ],
)
def test_what_shows_nothing_says_why(body: bytes, why: Reason | None, detector: FaceDetector) -> None:
    for rendering in Rendering:
        assert seen(body, (), detector, rendering).why is why
        result = seen(body, (Finding((0, 0, 9, 9), 0.9, "frame 7"),), detector, rendering)
        assert (result.pictures, result.why) == ((), why)


def test_time_and_size_are_bounded(face_as: Encode, detector: FaceDetector) -> None:
    body = face_as("PNG", size=(1000, 1000))
    finding = Finding((0, 0, 9, 9), 0.9)
    assert seen(body, (finding,), limits=Limits(pixels=1_000)).why is Reason.LIMIT_PIXELS
    late = Glimpse(Payload(body), Rendering.PLAIN, (finding,), seconds=-1)
    assert preview(late, detector, Limits()) == Preview((), Reason.LIMIT_TIME)


def test_of_many_pictures_the_surest_are_shown(face_as: Encode) -> None:
    frames = [Image.new("RGB", (40, 40), (level, 0, 0)) for level in range(0, 200, 10)]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    findings = tuple(Finding((0, 0, 9, 9), number / 100, f"frame {number}") for number in range(2, 20))
    shown = seen(out.getvalue(), findings).pictures
    assert [one.where for one in shown] == [f"frame {number}" for number in range(20 - PICTURES, 20)]
    assert len(seen(out.getvalue(), (), _Blind()).pictures) == PICTURES


class _Blind(Undisturbed):
    def detect(self, *_args, **_more):
        return []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=400), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF", b"PK\x03\x04", b"%PDF-"])
)
def test_garbage_gives_a_value(garbage: bytes, magic: bytes) -> None:
    for rendering in Rendering:
        assert isinstance(preview(Glimpse(Payload(magic + garbage), rendering), _Blind(), Limits()), Preview)
