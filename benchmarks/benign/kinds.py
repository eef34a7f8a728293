"""What a file is for, by its name, and the Content-Type that a web server gives it."""

import mimetypes
from pathlib import PurePosixPath

# kind -> the ends of names that belong to it. Pictures are another benchmark's: their kind is left out
_NAMES = {
    "html": "html htm xhtml",
    "css": "css",
    "js": "js mjs cjs",
    "json": "json webmanifest ipynb jsonld geojson",
    "xml": "xml xsd xsl xslt rng opf plist rss atom xlf xliff",
    "svg": "svg",
    "csv": "csv tsv",
    "text": "txt md rst markdown license licence notice readme changelog",
    "source": "py pyi pyx pxd ts mts cts tsx jsx vue svelte scss sass less styl c cc cpp h hpp f f90 sh toml yaml yml"
    " cfg ini po pot in tex diff patch coffee rb java go rs sql",
    "font": "woff woff2 ttf otf eot ttc",
    "wasm": "wasm",
    "map": "map",
    "archive": "zip gz tgz tar bz2 xz whl jar 7z zst br",
    "pdf": "pdf",
    "media": "mp4 webm mp3 ogg ogv oga wav m4a flac avi mov",
    "picture": "png jpg jpeg gif webp avif ico cur bmp tif tiff heic jxl jp2 psd icns ppm pgm pbm pnm exr hdr ktx ktx2"
    " dds tga jfif xbm xpm pcx",
}
KINDS = (*(kind for kind in _NAMES if kind != "picture"), "other")
_KIND = {end: kind for kind, ends in _NAMES.items() for end in ends.split()}
# the standard library's table alone: what the machine's own files add differs from one to the next
_TYPES = mimetypes.MimeTypes()
# what nginx and its like say, where that table says nothing
_MORE = {"map": "application/json", "woff2": "font/woff2", "gz": "application/gzip", "tgz": "application/gzip"}


def kind_of(name: str) -> str:
    return _KIND.get(_end(name), "other")


def content_type(name: str) -> str:
    if end := _MORE.get(_end(name)):
        return end
    guess, coding = _TYPES.guess_type(PurePosixPath(name).name)
    return guess if guess and not coding else "application/octet-stream"


def _end(name: str) -> str:
    """The suffix without its dot; of a name that has none (LICENSE, README), the name."""
    path = PurePosixPath(name.lower())
    return path.suffix[1:] or path.name
