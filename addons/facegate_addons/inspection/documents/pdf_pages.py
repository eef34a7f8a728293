"""PDF pages as a viewer shows them, by pdfium: all of the sheet, what a crop box hides included."""

from collections.abc import Iterator

import numpy as np
import pypdfium2
import pypdfium2.raw

from facegate_addons.detection.picture import Picture
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Part, Piece

# pixels of a page's longer side; its images are looked at in their own size besides
LONG = 1_024
SHORT = 512  # of a page that has nothing but text, some of it in letters that are drawings
# lines and areas on a page of text that draw no picture: tables, diagrams, underlines
_LINES = 500
_DEEP = 8  # forms within forms


def opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD
        raise Unread(Reason.ENCRYPTED if locked else Reason.UNDECODABLE, "pdf") from None


def pages(
    document: pypdfium2.PdfDocument, budget: Budget, pending: set[tuple[int, int]], *, every: bool
) -> Iterator[Piece]:
    """Pages that show more than text, or `every` one. Images whose size is `pending` are taken from pdfium as well."""
    for index in range(len(document)):
        budget.tick()
        page = document[index]
        try:
            box = page.get_mediabox()
            page.set_cropbox(*box)
            page.close()
            page = document[index]
            drawn, lines = False, 0
            for item in page.get_objects(max_depth=_DEEP):
                if item.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE:
                    drawn = True
                    if tuple(item.get_px_size()) in pending:
                        yield from _image(item, budget, pending)
                elif item.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH:
                    lines += 1
                elif item.type == pypdfium2.raw.FPDF_PAGEOBJ_FORM:
                    drawn = drawn or item.level >= _DEEP - 1
                elif item.type != pypdfium2.raw.FPDF_PAGEOBJ_TEXT:
                    drawn = True
                if lines % 512 == 511:
                    budget.tick()
            if drawn or lines > _LINES or _annotated(page):
                yield _rendered(page, index, budget, LONG)
            elif every:
                yield _rendered(page, index, budget, SHORT)
        finally:
            page.close()


def _annotated(page: pypdfium2.PdfPage) -> bool:
    """Something other than links lies on the page."""
    for index in range(pypdfium2.raw.FPDFPage_GetAnnotCount(page)):
        note = pypdfium2.raw.FPDFPage_GetAnnot(page, index)
        kind = pypdfium2.raw.FPDFAnnot_GetSubtype(note)
        pypdfium2.raw.FPDFPage_CloseAnnot(note)
        if kind not in (pypdfium2.raw.FPDF_ANNOT_LINK, pypdfium2.raw.FPDF_ANNOT_POPUP):
            return True
    return False


def _rendered(page: pypdfium2.PdfPage, index: int, budget: Budget, long: int) -> Picture:
    width, height = page.get_size()
    if not (width > 0 and height > 0):
        raise Unread(Reason.UNDECODABLE, "pdf page")
    scale = long / max(width, height)
    budget.frame(max(1, round(width * scale)), max(1, round(height * scale)))
    bitmap = page.render(scale=scale, may_draw_forms=False, rev_byteorder=True, force_bitmap_format=_FORMAT)
    rgb = np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])
    bitmap.close()
    return Picture(rgb, where=f"page {index + 1}")


_FORMAT = pypdfium2.raw.FPDFBitmap_BGR


def _image(item: pypdfium2.PdfImage, budget: Budget, pending: set[tuple[int, int]]) -> Iterator[Piece]:
    size = tuple(item.get_px_size())
    budget.frame(*size)
    try:
        bitmap = item.get_bitmap()
    except pypdfium2.PdfiumError:
        return
    array = np.array(bitmap.to_numpy())
    bitmap.close()
    if array.ndim == 2:
        array = array[:, :, None]
    pending.discard(size)
    shades = array[:, :, :3] if array.shape[2] >= 3 else np.broadcast_to(array[:, :, :1], (*array.shape[:2], 3))
    yield Picture(np.ascontiguousarray(shades), where="image")


def attachments(document: pypdfium2.PdfDocument, budget: Budget) -> Iterator[Part]:
    for index in range(document.count_attachments()):
        budget.member()
        body = bytes(document.get_attachment(index).get_data())
        budget.decoded(len(body))
        yield Part(body, "attachment")
