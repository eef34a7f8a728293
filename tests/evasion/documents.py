"""Documents: PDF, Office, mail, archived web pages, vector drawings, and mosaics only a renderer makes pictures of."""

import base64
import io
import json
import plistlib
import zipfile
import zlib

import numpy as np
from evasion.case import Picture, encoded, evasion


def pdf(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """Numbered from 1; the first is the catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, table)
    return bytes(out)


def stream(data: bytes, head: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (head, len(data), data)


def page(content: bytes, *more: bytes, resources: bytes = b"", catalogue: bytes = b"", trailer: bytes = b"") -> bytes:
    """One page of 300 points; objects from number 5 on are `more`."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<<%s>>>>" % resources,
        stream(content),
    ]
    return pdf([*objects, *more], trailer)


def image(picture: Picture, data: bytes, filters: bytes) -> bytes:
    width, height = picture.image.size
    head = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8%s"
    return stream(data, head % (width, height, filters))


DRAW, NAMED = b"q 300 0 0 300 0 0 cm /I Do Q", b"/XObject<</I 5 0 R>>"
FILTERS = {
    "DCT": (b"/Filter/DCTDecode", lambda p: p.jpeg),
    "Flate": (b"/Filter/FlateDecode", lambda p: zlib.compress(p.image.tobytes())),
    "no filter": (b"", lambda p: p.image.tobytes()),
    "JPX": (b"/Filter/JPXDecode", lambda p: p.encoded("JPEG2000")),
    "Flate of DCT": (b"/Filter[/FlateDecode/DCTDecode]", lambda p: zlib.compress(p.jpeg)),
    "hex of DCT": (b"/Filter[/ASCIIHexDecode/DCTDecode]", lambda p: p.jpeg.hex().encode() + b">"),
    "base 85 of DCT": (b"/Filter[/ASCII85Decode/DCTDecode]", lambda p: base64.a85encode(p.jpeg) + b"~>"),
}
for name, (filters, data) in FILTERS.items():

    @evasion("doc", f"PDF, {name}", "application/pdf")
    def pdf_image(picture: Picture, filters: bytes = filters, data=data) -> bytes:
        return page(DRAW, image(picture, data(picture), filters), resources=NAMED)


@evasion("doc", "PDF, an object no page shows", "application/pdf")
def pdf_unshown(picture: Picture) -> bytes:
    return page(b"", image(picture, picture.jpeg, b"/Filter/DCTDecode"))


@evasion("doc", "PDF, inline image", "application/pdf")
def pdf_inline(picture: Picture) -> bytes:
    width, height = picture.image.size
    head = b"q 300 0 0 300 0 0 cm BI /W %d /H %d /CS /RGB /BPC 8 /F /DCT ID " % (width, height)
    return page(head + picture.jpeg + b"\nEI Q")


@evasion("doc", "PDF, attachment", "application/pdf")
def pdf_attachment(picture: Picture) -> bytes:
    spec = b"<</Type/Filespec/F(a.jpg)/EF<</F 6 0 R>>>>"
    names = b"/Names<</EmbeddedFiles<</Names[(a)5 0 R]>>>>"
    file = stream(zlib.compress(picture.jpeg), b"/Type/EmbeddedFile/Filter/FlateDecode")
    return page(b"", spec, file, catalogue=names)


@evasion("doc", "PDF, soft mask", "application/pdf")
def pdf_mask(picture: Picture) -> bytes:
    width, height = picture.image.size
    head = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode"
    flat = image(picture, zlib.compress(bytes(width * height * 3)), b"/Filter/FlateDecode/SMask 6 0 R")
    mask = stream(zlib.compress(picture.image.convert("L").tobytes()), head % (width, height))
    return page(DRAW, flat, mask, resources=NAMED)


@evasion("doc", "PDF, rectangles", "application/pdf")
def pdf_mosaic(picture: Picture) -> bytes:
    rgb = np.asarray(picture.small(100).image) / 255
    places = ((x, y) for y in range(100) for x in range(100))
    cells = (f"{' '.join(f'{c:.2f}' for c in rgb[y, x])} rg {3 * x} {297 - 3 * y} 3 3 re f\n" for x, y in places)
    return page("".join(cells).encode())


@evasion("doc", "PDF, behind the end", "application/pdf", open=False)
def pdf_trailer(picture: Picture) -> bytes:
    return page(b"") + picture.jpeg


@evasion("doc", "PDF, an old version of an object", "application/pdf")
def pdf_update(picture: Picture) -> bytes:
    old = page(DRAW, image(picture, picture.jpeg, b"/Filter/DCTDecode"), resources=NAMED)
    place = len(old)
    new = b"5 0 obj\n<<>>\nendobj\n"
    table = b"xref\n5 1\n%010d 00000 n \ntrailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return old + new + table % (place, place + len(new))


@evasion("doc", "PDF, encrypted", "application/pdf", open=False)
def pdf_encrypted(picture: Picture) -> bytes:
    crypt = b"/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -4/O<%s>/U<%s>>>/ID[<00><00>]" % (b"ab" * 32, b"cd" * 32)
    return page(DRAW, image(picture, picture.jpeg[::-1], b"/Filter/DCTDecode"), resources=NAMED, trailer=crypt)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
OFFICE = {
    "docx": "word/media/image1.jpeg",
    "xlsx": "xl/media/image1.jpeg",
    "pptx": "ppt/media/image1.jpeg",
    "docx, in a custom part": "customXml/item1.bin",
    "docx, thumbnail": "docProps/thumbnail.jpeg",
}
for name, place in OFFICE.items():

    @evasion("doc", name, "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    def office(picture: Picture, place: str = place) -> bytes:
        return zipped({"[Content_Types].xml": TYPES, place: picture.jpeg})


for name, place in {
    "odt": "Pictures/1.jpg",
    "epub": "OEBPS/cover.jpg",
    "odt, thumbnail": "Thumbnails/thumbnail.png",
}.items():

    @evasion("doc", name, "application/vnd.oasis.opendocument.text")
    def opendocument(picture: Picture, place: str = place) -> bytes:
        return zipped({"mimetype": b"application/vnd.oasis.opendocument.text", place: picture.jpeg})


def svg(inner: bytes) -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300">' + inner + b"</svg>"


def href(picture: Picture) -> bytes:
    return b'<image href="data:image/jpeg;base64,' + base64.b64encode(picture.jpeg) + b'"/>'


@evasion("doc", "SVG, data: URI", "image/svg+xml")
def svg_uri(picture: Picture) -> bytes:
    return svg(href(picture))


@evasion("doc", "SVG in SVG in SVG", "image/svg+xml")
def svg_nested(picture: Picture) -> bytes:
    data = svg(href(picture))
    for _ in range(2):
        data = svg(b'<image href="data:image/svg+xml;base64,' + base64.b64encode(data) + b'"/>')
    return data


@evasion("doc", "svgz", "image/svg+xml")
def svgz(picture: Picture) -> bytes:
    import gzip

    return gzip.compress(svg(href(picture)))


def cells(picture: Picture, side: int, template: str) -> bytes:
    rgb = np.asarray(picture.small(side).image)
    rows = range(side)
    return "".join(template.format(x=x, y=y, c=bytes(rgb[y, x]).hex()) for y in rows for x in rows).encode()


@evasion("doc", "SVG, rectangles", "image/svg+xml", open=False)
def svg_mosaic(picture: Picture) -> bytes:
    return svg(cells(picture, 100, '<rect x="{x}" y="{y}" width="1" height="1" fill="#{c}"/>'))


@evasion("doc", "SVG, paths", "image/svg+xml", residual=True, open=False)
def svg_paths(picture: Picture) -> bytes:
    return svg(cells(picture, 100, '<path d="M{x} {y}h1v1h-1z" fill="#{c}"/>'))


@evasion("doc", "SVG, circles", "image/svg+xml", residual=True, open=False)
def svg_circles(picture: Picture) -> bytes:
    return svg(cells(picture, 100, '<circle cx="{x}" cy="{y}" r="1" fill="#{c}"/>'))


@evasion("doc", "HTML, box-shadows", "text/html", residual=True, open=False)
def shadows(picture: Picture) -> bytes:
    return b"<div style='width:1px;height:1px;box-shadow:" + cells(picture, 100, "{x}px {y}px #{c},") + b"0 0'></div>"


@evasion("doc", "HTML, table of colours", "text/html", residual=True, open=False)
def table(picture: Picture) -> bytes:
    return b"<table><tr>" + cells(picture, 100, '<td bgcolor="#{c}"></td>') + b"</table>"


@evasion("doc", "CSS, gradients", "text/css", residual=True, open=False)
def gradients(picture: Picture) -> bytes:
    return b"a{background:" + cells(picture, 100, "linear-gradient(#{c},#{c}) {x}px {y}px/1px 1px no-repeat,") + b"red}"


@evasion("doc", "script, canvas rectangles", "application/javascript", residual=True, open=False)
def canvas(picture: Picture) -> bytes:
    return cells(picture, 100, 'f("#{c}",{x},{y});\n')


def mail(kind: bytes, encoding: bytes, body: bytes) -> bytes:
    head = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: hello\r\nMIME-Version: 1.0\r\n"
    part = b"--x\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: %s\r\n\r\n%s\r\n--x--\r\n" % (encoding, body)
    return head + b"Content-Type: %s; boundary=x\r\n\r\n" % kind + part


ENCODINGS = {b"base64": base64.encodebytes, b"quoted-printable": __import__("quopri").encodestring, b"binary": bytes}
for encoding, encode in ENCODINGS.items():

    @evasion("doc", f"mail, {encoding.decode()}", "message/rfc822", open=encoding != b"binary")
    def message(picture: Picture, encoding: bytes = encoding, encode: type[bytes] = encode) -> bytes:
        return mail(b"multipart/mixed", encoding, encode(picture.jpeg))


@evasion("doc", "MHTML", "multipart/related; boundary=x")
def mhtml(picture: Picture) -> bytes:
    return mail(b"multipart/related", b"base64", base64.encodebytes(picture.jpeg))


@evasion("doc", "mbox", "application/mbox")
def mbox(picture: Picture) -> bytes:
    return b"From a@example.org Thu Jan  1 00:00:00 2026\r\n" + mail(
        b"multipart/mixed", b"base64", base64.encodebytes(picture.jpeg)
    )


def warc_record(body: bytes, kind: bytes = b"response") -> bytes:
    head = (
        b"WARC/1.0\r\nWARC-Type: %s\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n"
    )
    return head % (kind, len(body)) + body + b"\r\n\r\n"


@evasion("doc", "WARC", "application/warc")
def warc(picture: Picture) -> bytes:
    return warc_record(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + picture.jpeg)


@evasion("doc", "WARC, compressed", "application/warc")
def warc_gz(picture: Picture) -> bytes:
    import gzip

    return gzip.compress(warc_record(b"hello", b"warcinfo")) + gzip.compress(warc(picture))


@evasion("doc", "RTF, hex", "application/rtf", open=False)
def rtf(picture: Picture) -> bytes:
    return b"{\\rtf1 hello {\\pict\\jpegblip\n" + picture.jpeg.hex().encode() + b"}}"


@evasion("doc", "RTF, hex in short lines", "application/rtf", open=False)
def rtf_lines(picture: Picture) -> bytes:
    text = picture.jpeg.hex().encode()
    return b"{\\rtf1 {\\pict\\jpegblip\n" + b"\r\n".join(text[at : at + 64] for at in range(0, len(text), 64)) + b"}}"


@evasion("doc", "RTF, binary", "application/rtf", open=False)
def rtf_binary(picture: Picture) -> bytes:
    return b"{\\rtf1 {\\pict\\jpegblip\\bin%d " % len(picture.jpeg) + picture.jpeg + b"}}"


@evasion("doc", "PostScript", "application/postscript", open=False)
def postscript(picture: Picture) -> bytes:
    return (
        b"%!PS-Adobe-3.0\n300 300 8 [300 0 0 -300 0 300] currentfile /ASCIIHexDecode filter image\n"
        + picture.image.tobytes().hex().encode()
    )


@evasion("doc", "notebook", "application/x-ipynb+json")
def notebook(picture: Picture) -> bytes:
    output = {"output_type": "display_data", "data": {"image/png": base64.encodebytes(picture.png).decode()}}
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "outputs": [output]}]}).encode()


@evasion("doc", "property list in XML", "application/x-plist")
def plist(picture: Picture) -> bytes:
    return plistlib.dumps({"p": picture.jpeg})


# no opener for binary property lists
@evasion("doc", "web archive of Safari's", "application/x-webarchive", open=False)
def webarchive(picture: Picture) -> bytes:
    resource = {"WebResourceData": picture.jpeg, "WebResourceMIMEType": "image/jpeg"}
    return plistlib.dumps({"WebMainResource": resource}, fmt=plistlib.FMT_BINARY)


@evasion("doc", "Photoshop's own XML thumbnail", "application/xml")
def xml(picture: Picture) -> bytes:
    return (
        b"<?xml version='1.0'?><a><xmpGImg:image>"
        + b"&#xA;".join(base64.encodebytes(picture.jpeg).split())
        + b"</xmpGImg:image></a>"
    )


@evasion("doc", "FictionBook", "application/xml")
def fictionbook(picture: Picture) -> bytes:
    return (
        b"<?xml version='1.0'?><FictionBook><binary content-type='image/jpeg'>"
        + base64.encodebytes(picture.jpeg)
        + b"</binary></FictionBook>"
    )


@evasion("doc", "metafile", "image/wmf", open=False)
def wmf(picture: Picture) -> bytes:
    bitmap = encoded(picture.image, "BMP")[14:]
    return b"\xd7\xcd\xc6\x9a" + bytes(18) + bytes(18) + bitmap
