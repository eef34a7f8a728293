import base64
import binascii
import email.message
import email.policy
import gzip
import quopri
from collections.abc import Callable
from email.mime.image import MIMEImage

import pytest
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason

Look = Callable[..., Verdict]


def uuencoded(data: bytes) -> bytes:
    lines = (binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
    return b"begin 644 a.jpg\n" + b"".join(lines) + b"`\nend\n"


ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "base64": base64.encodebytes,
    "quoted-printable": lambda data: quopri.encodestring(data, quotetabs=True),
    "x-uuencode": uuencoded,
    "binary": bytes,
    "8bit": bytes,
}


def part(body: bytes, kind: str = "image/jpeg", *more: str) -> bytes:
    fields = [f"Content-Type: {kind}", *more]
    return "".join(f"{field}\r\n" for field in fields).encode() + b"\r\n" + body


def many(*parts: bytes, preamble: bytes = b"", epilogue: bytes = b"", eol: bytes = b"\r\n") -> bytes:
    return preamble + b"".join(b"--x" + eol + p + eol for p in parts) + b"--x--" + eol + epilogue


def mailed(picture: bytes) -> bytes:
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Grüße aus Köln"
    message.set_content("Hello.\n")
    message.add_alternative("<p>Hello.</p><img src='cid:a'>", subtype="html")
    message.add_attachment(picture, maintype="image", subtype="jpeg", filename="a.jpg")
    return message.as_bytes()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_face_is_found_in_each_encoding(
    look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes], encoding: str
) -> None:
    for picture, verdict in ((face_as(size=(200, 200)), Faces), (plain_as(size=(200, 133)), Clear)):
        body = many(part(ENCODINGS[encoding](picture), "image/jpeg", f"Content-Transfer-Encoding: {encoding}"))
        assert isinstance(look(body, content_type="multipart/mixed; boundary=x"), verdict)
        assert isinstance(look(body), verdict)


@pytest.mark.parametrize("kind", ["form-data", "related", "alternative", "x-mixed-replace", "mixed"])
def test_every_part_is_looked_at(look: Look, face_jpeg: bytes, plain_jpeg: bytes, kind: str) -> None:
    text = part(b"words", "text/plain")
    content_type = f"multipart/{kind}; boundary=x"
    assert isinstance(look(many(text, part(plain_jpeg), part(face_jpeg)), content_type=content_type), Faces)
    assert isinstance(look(many(text, part(plain_jpeg), part(plain_jpeg)), content_type=content_type), Clear)


def test_a_mail_and_a_mail_in_a_mail(look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    assert isinstance(look(mailed(face_jpeg)), Faces)
    assert look(mailed(plain_jpeg)) == Clear("mail")
    for picture, verdict in ((face_jpeg, Faces), (plain_jpeg, Clear)):
        assert isinstance(
            look(many(part(mailed(picture), "message/rfc822")), content_type="multipart/digest; boundary=x"), verdict
        )


def test_what_stands_around_the_parts_counts(look: Look, face_jpeg: bytes) -> None:
    text = part(b"words", "text/plain")
    kind = "multipart/mixed; boundary=x"
    assert isinstance(look(many(text, preamble=face_jpeg + b"\r\n"), content_type=kind), Faces)
    assert isinstance(look(many(text, epilogue=face_jpeg), content_type=kind), Faces)
    assert isinstance(
        look(many(text, preamble=b"This is a message in MIME.\r\n", epilogue=b"\r\n"), content_type=kind), Clear
    )


def test_mjpeg_as_cameras_send_it(look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    for last, verdict in ((face_jpeg, Faces), (plain_jpeg, Clear)):
        frames = [
            b"--cam\nContent-Type: image/jpeg\nContent-Length: %d\n\n%s\n" % (len(f), f) for f in (plain_jpeg, last)
        ]
        body = b"".join(frames)
        assert isinstance(look(body, content_type="multipart/x-mixed-replace;boundary=--cam"), verdict)
        assert isinstance(look(body), verdict)


def test_byte_ranges_are_joined(look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    kind = "multipart/byteranges; boundary=x"

    def ranges(data: bytes, *places: tuple[int, int]) -> bytes:
        return many(
            *(part(data[a:b], "image/jpeg", f"Content-Range: bytes {a}-{b - 1}/{len(data)}") for a, b in places)
        )

    size = len(face_jpeg)
    assert isinstance(look(ranges(face_jpeg, (20_000, size), (0, 20_000)), content_type=kind), Faces)
    # a text's, whole
    page = b"<html>" + b"words " * 200
    assert isinstance(look(ranges(page, (0, 500), (500, len(page))), content_type=kind), Clear)
    assert look(ranges(page, (0, 500), (600, len(page))), content_type=kind) == Unreadable(
        Reason.PARTIAL_CONTENT, "byte ranges"
    )
    assert isinstance(look(ranges(plain_jpeg, (100, 5_000)), content_type=kind), Unreadable)


def test_pieces_of_a_picture_are_not_clear(look: Look, face_jpeg: bytes) -> None:
    pieces = [face_jpeg[at : at + 1_000] for at in range(0, len(face_jpeg), 1_000)]
    body = many(*(part(piece, "application/octet-stream") for piece in pieces))
    assert not isinstance(look(body, content_type="multipart/mixed; boundary=x"), Clear)
    spelled = base64.b64encode(face_jpeg)
    lines = [spelled[at : at + 70] for at in range(0, len(spelled), 70)]
    body = many(*(part(line, "text/plain") for line in lines))
    assert isinstance(look(body, content_type="multipart/mixed; boundary=x"), Faces)


@pytest.mark.parametrize(
    "body",
    [
        many(part(b"AAAA!AAAA", "text/plain", "Content-Transfer-Encoding: base64")),
        many(part(b"words", "text/plain", "Content-Transfer-Encoding: x-mine")),
        many(part(b"words", "text/plain", "Content-Transfer-Encoding: 7bit", "Content-Transfer-Encoding: base64")),
        many(part(b"words", "text/plain", "Content-Length: 2")),
        many(part(b"words --x words", "text/plain")),
        many(part(b"words\r\n--xx\r\n", "text/plain")),
        many(part(b"words", "message/partial; id=1; number=1; total=2")),
        many(part(b"words", "text/plain", "Content-Encoding: mine")),
        b"--y\r\nContent-Type: text/plain\r\n\r\n" + many(part(b"words", "text/plain")),
    ],
)
def test_what_readers_differ_over_is_unreadable(look: Look, body: bytes) -> None:
    assert isinstance(look(body, content_type="multipart/mixed; boundary=x"), Unreadable)


@pytest.mark.parametrize(
    "body",
    [
        many(part(b"words", "multipart/encrypted; boundary=y")),
        many(part(b"words", "application/pkcs7-mime; smime-type=enveloped-data")),
        many(part(b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n-----END PGP MESSAGE-----", "text/plain")),
    ],
)
def test_sealed_mail_is_encrypted(look: Look, body: bytes) -> None:
    assert look(body, content_type="multipart/mixed; boundary=x") == Unreadable(Reason.ENCRYPTED, "mail")


def test_a_coding_of_a_part_is_undone(look: Look, face_jpeg: bytes) -> None:
    body = many(part(gzip.compress(face_jpeg), "image/jpeg", "Content-Encoding: gzip"))
    assert isinstance(look(body, content_type="multipart/mixed; boundary=x"), Faces)


def test_words_of_the_head_are_read(look: Look, face_as: Callable[..., bytes]) -> None:
    words = base64.b64encode(face_as(size=(120, 120)))
    subject = b"\r\n ".join(b"=?utf-8?B?" + words[at : at + 60] + b"?=" for at in range(0, len(words), 60))
    body = b"From: a@example.org\r\nMIME-Version: 1.0\r\nSubject: " + subject + b"\r\n\r\nwords\r\n"
    assert isinstance(look(body), Faces)


def test_mime_image_with_a_wrong_length_of_lines(look: Look, face_jpeg: bytes) -> None:
    message = MIMEImage(face_jpeg)
    message["From"] = "a@example.org"
    assert isinstance(look(message.as_bytes()), Faces)


@pytest.mark.parametrize(
    "text",
    [
        b"---\ntitle: a post\nContent-Type: x\n---\nwords",  # front matter
        b"-- a dump\n--\n-- Host: localhost\nselect 1;",
        b"Metadata-Version: 2.1\nName: a\nVersion: 1\n\nFrom: words",
        b"From: here\nto there",
    ],
)
def test_text_stays_text(look: Look, text: bytes) -> None:
    assert look(text) == Clear("text")


def test_a_body_of_delimiters_ends_at_the_limit(look: Look) -> None:
    verdict = look(b"--x\n" * 500_000, content_type="multipart/mixed; boundary=x")
    assert verdict == Unreadable(Reason.LIMIT_MEMBERS)


def test_a_thousand_parts_are_no_limit(look: Look, plain_as: Callable[..., bytes]) -> None:
    body = many(*[part(b"words", "text/plain")] * 1_900)
    assert look(body, content_type="multipart/mixed; boundary=x") == Clear("multipart")


@pytest.mark.parametrize("kind", ["multipart/mixed; boundary=y; boundary=x", "multipart/mixed; boundary*=us-ascii''x"])
def test_a_boundary_that_readers_read_differently(look: Look, face_jpeg: bytes, kind: str) -> None:
    body = many(part(b"words", "text/plain"), preamble=b"words\r\n")
    assert isinstance(look(body, content_type=kind), Unreadable)
    assert isinstance(look(many(part(face_jpeg)), content_type=kind), Faces)


def test_a_mailbox(look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    for picture, verdict in ((face_jpeg, Faces), (plain_jpeg, Clear)):
        mails = [b"From a Mon Jan  1 00:00:00 2026\r\n" + mailed(body) + b"\r\n" for body in (plain_jpeg, picture)]
        assert isinstance(look(b"".join(mails)), verdict)


def test_no_parts_at_all(look: Look) -> None:
    assert look(b"--x--\r\n", content_type="multipart/mixed; boundary=x") == Clear("multipart")
